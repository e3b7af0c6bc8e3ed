"""The long form's way to damage: as the short form does, with dice in the place of hypothesis."""

from collections.abc import Callable
from random import Random

from . import damage
from .targets import Target

type Mutation = Callable[[bytes, Random], bytes]


def mutation_of(target: Target) -> Mutation:
    """Return what damages an input of this target, leaving alone the bytes that only choose."""
    kinds = _OF_JSON if target.documents[0].startswith(b"{") else _OF_XML

    def mutate(data: bytes, dice: Random) -> bytes:
        choices, document = _parted(target, data)
        damaged = dice.choice(kinds)(document, dice)
        return damaged + choices if target.choices_last else choices + damaged

    return mutate


def _parted(target: Target, data: bytes) -> tuple[bytes, bytes]:
    """Return the bytes that choose, and the document."""
    if not target.choices_last:
        return data[: target.choices], data[target.choices :]
    end = max(len(data) - target.choices, 0)
    return data[end:], data[:end]


def _cut(document: bytes, dice: Random) -> bytes:
    return damage.cut((document, [(dice.random(), dice.randrange(20), dice.choice(damage.BYTES))]))


def _edit(document: bytes, dice: Random) -> bytes:
    edits = [
        (dice.random(), dice.choice(damage.EDITS), dice.choice(damage.WORDS))
        for _ in range(dice.randint(1, 3))
    ]
    return damage.edit((document, edits))


def _declare(document: bytes, dice: Random) -> bytes:
    return damage.declare((document, dice.choice(damage.DOCTYPES), dice.random() < 0.5))


def _encode(document: bytes, dice: Random) -> bytes:
    return damage.encode((document, dice.choice(damage.ENCODINGS), dice.choice(damage.ENCODINGS)))


def _nest(document: bytes, dice: Random) -> bytes:
    return damage.nest((document, dice.randint(1, 500)))


def _fill(document: bytes, dice: Random) -> bytes:
    filling: object = dice.choice(
        (*damage.WORDS, *damage.NUMBERS, *damage.TEXTS, None, True, [], {})
    )
    try:
        return damage.fill((document, {dice.randrange(10): filling}))
    except ValueError, TypeError, AttributeError, RecursionError:
        return _cut(document, dice)


_FILLINGS: tuple[object, ...] = (
    *damage.WORDS,
    *damage.NUMBERS,
    *damage.TEXTS,
    None,
    True,
    [],
    {},
)
_OF_XML: tuple[Mutation, ...] = (_cut, _edit, _edit, _edit, _encode, _declare, _nest)
_OF_JSON: tuple[Mutation, ...] = (_cut, _fill, _fill)

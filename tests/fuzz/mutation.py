"""Damages documents for the long form as the short form does, with random for hypothesis."""

from collections.abc import Callable
from random import Random

from . import damage
from .targets import Target

type Mutation = Callable[[bytes, Random], bytes]


def mutation_of(target: Target) -> Mutation:
    """Return a mutation of inputs of this target that leaves the choosing bytes alone."""
    kinds = _OF_JSON if target.documents[0].startswith(b"{") else _OF_XML

    def mutate(data: bytes, random: Random) -> bytes:
        choices, document = _parted(target, data)
        damaged = random.choice(kinds)(document, random)
        return damaged + choices if target.choices_last else choices + damaged

    return mutate


def _parted(target: Target, data: bytes) -> tuple[bytes, bytes]:
    """Split an input into the choosing bytes and the document."""
    if not target.choices_last:
        return data[: target.choices], data[target.choices :]
    end = max(len(data) - target.choices, 0)
    return data[end:], data[:end]


def _cut(document: bytes, random: Random) -> bytes:
    return damage.cut(
        (document, [(random.random(), random.randrange(20), random.choice(damage.BYTES))])
    )


def _edit(document: bytes, random: Random) -> bytes:
    edits = [
        (random.random(), random.choice(damage.EDITS), random.choice(damage.WORDS))
        for _ in range(random.randint(1, 3))
    ]
    return damage.edit((document, edits))


def _declare(document: bytes, random: Random) -> bytes:
    return damage.declare((document, random.choice(damage.DOCTYPES), random.random() < 0.5))


def _encode(document: bytes, random: Random) -> bytes:
    return damage.encode(
        (document, random.choice(damage.ENCODINGS), random.choice(damage.ENCODINGS))
    )


def _nest(document: bytes, random: Random) -> bytes:
    return damage.nest((document, random.randint(1, 500)))


def _fill(document: bytes, random: Random) -> bytes:
    filling: object = random.choice(
        (*damage.WORDS, *damage.NUMBERS, *damage.TEXTS, None, True, [], {})
    )
    try:
        return damage.fill((document, {random.randrange(10): filling}))
    except ValueError, TypeError, AttributeError, RecursionError:
        return _cut(document, random)


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

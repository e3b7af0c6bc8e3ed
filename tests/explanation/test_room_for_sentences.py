"""What has room in a sentence, and what is left out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.cisco_unified_presence.explanation.sentence import sentence_of
from custom_components.cisco_unified_presence.explanation.situation import (
    Besides,
    Kind,
    Note,
    Situation,
)
from custom_components.cisco_unified_presence.explanation.texts import Texts
from custom_components.cisco_unified_presence.rules import ConditionFact, FactKind, TruthValue

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
# It says what each text would tell, without words around it.
VALUES = Texts({})


def sentence(
    person: str = "Anna",
    *,
    facts: tuple[int, ...] = (),
    notes: tuple[int, ...] = (),
    kind: Kind = Kind.RULE,
    **more: Any,
) -> str:
    """Return the sentence with facts and notes of so many characters."""
    letters = iter("abcdefgh")
    situation = Situation(
        kind=kind,
        person=person,
        shown="away",
        facts=tuple(
            ConditionFact(kind=FactKind.NAMED, value=TruthValue.TRUE, name=next(letters) * length)
            for length in facts
        ),
        notes=tuple(
            Note(kind=Besides.RESTS, rule=letter * length)
            for letter, length in zip("stuvw", notes, strict=False)
        ),
        **more,
    )
    return sentence_of(situation, VALUES)


@pytest.mark.parametrize(
    ("notes", "told"),
    [
        ((), 0),
        ((10, 10), 2),
        ((123, 123), 2),
        ((123, 124), 1),
        ((80, 80, 84), 3),
        ((80, 80, 85), 2),
        ((80, 80, 1, 90), 3),
        ((100, 1, 200), 2),
        ((200, 100, 200), 1),
        ((300,), 0),
        ((300, 1), 0),
    ],
)
def test_the_first_notes_have_room(notes: tuple[int, ...], told: int) -> None:
    clauses = ["Anna", *(letter * length for letter, length in zip("stuvw", notes, strict=False))]
    assert sentence(notes=notes, kind=Kind.DEVICES) == f"{'; '.join(clauses[: 1 + told])}."


@pytest.mark.parametrize(
    ("facts", "notes", "told", "noted"),
    [
        ((), (), 0, 0),
        ((), (9,), 0, 1),
        ((100, 100), (), 2, 0),
        ((100, 47), (100,), 2, 0),
        ((100, 44), (100,), 2, 1),
        ((100, 44), (50, 60), 2, 1),
        ((100, 100, 45), (), 3, 0),
        ((100, 100, 46), (), 2, 0),
        ((100, 100, 46), (9,), 2, 0),
        ((100, 150, 50), (), 1, 0),
        ((250, 1), (9,), 0, 0),
    ],
)
def test_notes_are_left_out_before_conditions(
    facts: tuple[int, ...], notes: tuple[int, ...], told: int, noted: int
) -> None:
    clause = " ".join(["Anna", "R", *(x * n for x, n in zip("abcd", facts[:told], strict=False))])
    others = [x * n for x, n in zip("stuvw", notes[:noted], strict=False)]
    assert sentence(facts=facts, notes=notes, rule="R") == f"{'; '.join([clause, *others])}."
    # Of what a rule has no part in, its conditions are not told.
    assert "a" * 44 not in sentence(facts=facts, kind=Kind.MANUAL)


def test_no_sentence_is_longer() -> None:
    assert sentence("x" * 254, kind=Kind.DEVICES) == f"{'x' * 254}."
    assert sentence("x" * 255, kind=Kind.DEVICES) == f"{'x' * 254}…"
    assert sentence("x" * 255, kind=Kind.DEVICES, notes=(1,)) == f"{'x' * 254}…"
    assert sentence("x" * 252, rule="R") == f"{'x' * 252} R."
    assert sentence("x" * 253, rule="R") == f"{'x' * 253} …"

"""Sequences with a clock that jumps, for which the expectation was once wrong."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bench.working_week.scenario import PlannedRule

from .test_any_sequence import ROOMS, USERS, AnySequence


def planned_rule(number: int) -> PlannedRule:
    return PlannedRule(
        number=number,
        people=USERS,
        presence="busy",
        before=timedelta(),
        after=timedelta(),
        at_most=None,
        priority=0,
        insist=False,
        hours=None,
    )


@pytest.fixture
def sequence() -> Iterator[AnySequence]:
    machine = AnySequence()
    with machine.clean_up:
        machine.begin(planned=tuple(planned_rule(number) for number in range(ROOMS)))
        yield machine


def test_manual_setting_that_has_ended_stays_ended_when_the_clock_is_set_back(
    sequence: AnySequence,
) -> None:
    sequence.set(user="anna", presence="busy", lasts=timedelta(seconds=20))
    sequence.kill(after=2.0, pause=31)
    sequence.correct_the_clock(by=-3600.0)
    sequence.teardown()


def test_write_before_a_jump_is_noticed_may_be_renewed_early(sequence: AnySequence) -> None:
    sequence.change_room(number=0, state="on")
    sequence.correct_the_clock(by=-3600.0)
    sequence.teardown()


def test_write_before_a_jump_forward_may_be_renewed_early(sequence: AnySequence) -> None:
    sequence.change_room(number=0, state="on")
    sequence.set(user="anna", presence="busy", lasts=None)
    sequence.correct_the_clock(by=3600.0)
    sequence.teardown()


@pytest.mark.xfail(strict=True, reason="the expired presence is taken for an overruled one")
def test_expiry_after_an_unnoticed_jump_is_no_takeover(sequence: AnySequence) -> None:
    """The record has the time of the old clock, by which the presence has not expired yet."""
    sequence.set(user="anna", presence="busy", lasts=None)
    sequence.correct_the_clock(by=-3600.0)
    sequence.kill(after=2.0, pause=3700)
    sequence.kill(after=2.0, pause=3700)
    sequence.wait(600)

    assert sequence.server.accounts["anna"].published is not None

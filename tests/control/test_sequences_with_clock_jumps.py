"""Sequences for which the expectation was once wrong, most with a clock that jumps."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bench.working_week.scenario import PlannedRule
from custom_components.cisco_unified_presence.pws import Presence

from .running_installation import ROOMS, USERS
from .test_any_sequence import AnySequence


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
        machine.begin(planned=tuple(planned_rule(number) for number in range(ROOMS)), rich=False)
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


def test_expiry_after_a_jump_just_before_a_stop_is_no_takeover(sequence: AnySequence) -> None:
    """The stop notices the jump, so that the record has the time of the new clock."""
    sequence.set(user="anna", presence="busy", lasts=None)
    sequence.correct_the_clock(by=-3600.0)
    sequence.wait(2)
    sequence.restart(pause=3700)
    sequence.restart(pause=3700)
    sequence.wait(600)

    assert sequence.server.accounts["anna"].published is not None


def test_expiry_after_a_jump_that_no_one_can_notice_counts_as_overruled_until_it_is_cleared(
    sequence: AnySequence,
) -> None:
    """Killed within a minute of the jump, Home Assistant has no trace of it.

    The next start finds a presence that by the record has not expired, a session that lives, and
    another word than was set: just what it finds when the person has chosen that word meanwhile,
    and a person's choice is respected. Writing anew at each start would tell the two apart no
    better, and would overrule such choices.
    """
    sequence.set(user="anna", presence="busy", lasts=None)
    sequence.correct_the_clock(by=-3600.0)
    sequence.kill(after=2.0, pause=3700)
    sequence.kill(after=2.0, pause=3700)
    sequence.wait(600)

    assert sequence.server.accounts["anna"].published is None
    sequence.teardown()


def test_end_that_a_jump_has_brought_about_is_told_until_the_jump_is_noticed(
    sequence: AnySequence,
) -> None:
    sequence.set(user="anna", presence="busy", lasts=timedelta(minutes=90))
    sequence.correct_the_clock(by=86400.0)
    sequence.explanations_agree_with_the_engine()
    sequence.wait(65)
    sequence.explanations_agree_with_the_engine()
    sequence.teardown()


def test_lost_presence_that_the_person_shows_anyway_is_written_when_it_is_renewed(
    sequence: AnySequence,
) -> None:
    sequence.choose(user="anna", presence=Presence.DND)
    sequence.set(user="anna", presence="do_not_disturb", lasts=None)
    sequence.restart_server()
    sequence.wait(600)
    assert sequence.server.accounts["anna"].published is None
    assert sequence.server.seen("anna").presence is Presence.DND
    sequence.wait(7200)
    assert sequence.server.accounts["anna"].published is not None
    sequence.teardown()

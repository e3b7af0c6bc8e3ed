"""The back-off after refusals, of a person and of the account."""

from datetime import timedelta

import pytest

from custom_components.cisco_unified_presence.control.refusals import (
    Refusals,
    is_refusal,
)
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    InvalidCredentials,
    ServerFault,
    UnknownUser,
)
from tests.common.strategies import NOW

PAUSE = timedelta(minutes=15)
STAGGER = timedelta(seconds=1)

LATER = NOW + timedelta(days=1)


def refused(error: type[ServerFault]) -> ServerFault:
    return error(user="anna")


def test_person_waits_a_quarter_of_an_hour_and_others_do_not() -> None:
    refusals = Refusals()
    refusals.note("anna", refused(UnknownUser), NOW)

    assert refusals.not_before("anna", NOW) == NOW + PAUSE
    assert refusals.not_before("anna", LATER) == LATER
    assert refusals.not_before("ben", NOW) == NOW
    refusals.forget("anna")
    assert refusals.not_before("anna", NOW) == NOW


def test_refused_account_is_tried_by_one_first() -> None:
    refusals = Refusals()
    refusals.note("anna", refused(InvalidCredentials), NOW)

    turns = [refusals.not_before(key, NOW) for key in ("ben", "anna", "clara", "ben")]

    first = NOW + PAUSE
    assert turns == [first, first + STAGGER, first + 2 * STAGGER, first]
    refusals.forget("ben")
    assert refusals.not_before("clara", NOW) == NOW


@pytest.mark.parametrize("failure", list(ConnectFailure))
def test_what_may_be_over_in_a_moment_is_no_refusal(failure: ConnectFailure) -> None:
    error = CannotConnect(failure)
    refusals = Refusals()

    refusals.note("anna", error, NOW)

    assert not is_refusal(error)
    assert refusals.not_before("anna", NOW) == NOW


@pytest.mark.parametrize("error", [UnknownUser, InvalidCredentials])
def test_clock_that_is_set_back_does_not_lengthen_the_wait(error: type[ServerFault]) -> None:
    refusals = Refusals()
    refusals.note("anna", refused(error), NOW)

    earlier = NOW - timedelta(days=2)

    assert refusals.not_before("anna", earlier) == earlier + PAUSE
    assert refusals.not_before("anna", earlier + PAUSE) == earlier + PAUSE


def test_until_when_a_person_is_not_tried() -> None:
    refusals = Refusals()
    assert refusals.until("anna") is None
    refusals.note("anna", refused(UnknownUser), NOW)
    assert (refusals.until("anna"), refusals.until("ben")) == (NOW + PAUSE, None)
    refusals.note("ben", refused(InvalidCredentials), NOW - timedelta(minutes=1))
    earlier = NOW + PAUSE - timedelta(minutes=1)
    assert (refusals.until("anna"), refusals.until("ben")) == (NOW + PAUSE, earlier)


def test_all_refusals_are_forgotten_after_a_jump_of_the_clock() -> None:
    refusals = Refusals()
    refusals.note("anna", refused(UnknownUser), NOW)
    refusals.note("ben", refused(InvalidCredentials), NOW)
    refusals.clear()
    assert refusals.until("anna") is None
    assert refusals.not_before("anna", NOW) == refusals.not_before("ben", NOW) == NOW

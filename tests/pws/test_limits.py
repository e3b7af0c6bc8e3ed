"""Limits that are checked before anything is sent, each at its border."""

import pytest

from custom_components.cisco_unified_presence.pws import (
    InvalidRequest,
    Presence,
    PresenceRefused,
    ServerFault,
)
from custom_components.cisco_unified_presence.pws.dialect import SubscriptionSpec
from custom_components.cisco_unified_presence.pws.limits import (
    require_basic_override,
    require_expiry,
    require_settable,
    subscription_spec,
)


@pytest.mark.parametrize(
    ("expiry", "allowed"),
    [(3599, False), (3600, True), (86400, True), (86401, False), (0, False), (-3600, False)],
)
def test_expiries(expiry: int, *, allowed: bool) -> None:
    if allowed:
        require_expiry(expiry)
        require_settable("anna", Presence.BUSY, expiry)
        return
    words = f"An expiry lies between 3600 and 86400 seconds, {expiry} does not"
    with pytest.raises(InvalidRequest) as error:
        require_expiry(expiry)
    assert told(error.value) == (131, words, None, None)
    with pytest.raises(PresenceRefused) as refused:
        require_settable("anna", Presence.BUSY, expiry)
    assert told(refused.value) == (131, words, None, "anna")


def told(fault: ServerFault) -> tuple[int | None, str, int | None, str | None]:
    return fault.code, fault.message, fault.status, fault.user


@pytest.mark.parametrize("presence", Presence)
def test_which_presences_can_be_set(presence: Presence) -> None:
    if presence is not Presence.UNKNOWN:
        require_settable("anna", presence, 3600)
        return
    with pytest.raises(PresenceRefused) as refused:
        require_settable("anna", presence, 3600)
    assert told(refused.value) == (None, "UNKNOWN cannot be set", None, "anna")


@pytest.mark.parametrize("override", [True, False])
@pytest.mark.parametrize("presence", Presence)
def test_which_presences_override(presence: Presence, *, override: bool) -> None:
    refusals = {
        (Presence.AVAILABLE, True): (121, "Available can only be set without override"),
        (Presence.DND, False): (122, "Do Not Disturb can only be set with override"),
    }
    refusal = refusals.get((presence, override))
    if refusal is None:
        require_basic_override("anna", presence, override=override)
        return
    with pytest.raises(PresenceRefused) as refused:
        require_basic_override("anna", presence, override=override)
    assert told(refused.value) == (*refusal, None, "anna")


def test_contacts_of_a_subscription() -> None:
    most = ["a@x"] * 5000
    assert subscription_spec(most, 7, 3600) == SubscriptionSpec(tuple(most), 7, 3600)
    with pytest.raises(InvalidRequest) as error:
        subscription_spec([*most, "b@x"], 7, 3600)
    assert told(error.value) == (135, "A subscription holds at most 5000 contacts", None, None)

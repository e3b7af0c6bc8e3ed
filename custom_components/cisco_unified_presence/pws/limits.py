"""Limits that are checked before anything is sent. Reference: rules 1, 2, 6 and 17."""

from collections.abc import Sequence

from .dialect import SubscriptionSpec
from .faults import InvalidRequest, PresenceRefused
from .model import MAX_CONTACTS, MAX_EXPIRY, MIN_EXPIRY
from .presence import SETTABLE, Presence


def subscription_spec(contacts: Sequence[str], endpoint: int, expiry: int) -> SubscriptionSpec:
    """Raises InvalidRequest when there are too many contacts."""
    if len(contacts) > MAX_CONTACTS:
        raise InvalidRequest(135, f"A subscription holds at most {MAX_CONTACTS} contacts")
    return SubscriptionSpec(tuple(contacts), endpoint, expiry)


def require_expiry(expiry: int) -> None:
    """Raise InvalidRequest when the expiry, in seconds, is out of range."""
    if not MIN_EXPIRY <= expiry <= MAX_EXPIRY:
        raise InvalidRequest(131, _expiry_limits(expiry))


def require_settable(user: str, presence: Presence, expiry: int) -> None:
    """Raise PresenceRefused when the presence or its expiry, in seconds, cannot be set."""
    if presence not in SETTABLE:
        raise PresenceRefused(message=f"{presence} cannot be set", user=user)
    if not MIN_EXPIRY <= expiry <= MAX_EXPIRY:
        raise PresenceRefused(131, _expiry_limits(expiry), user=user)


def require_basic_override(user: str, presence: Presence, *, override: bool) -> None:
    """Raise PresenceRefused when basic presence needs the opposite of ``override`` (rule 2)."""
    if presence is Presence.AVAILABLE and override:
        raise PresenceRefused(121, "Available can only be set without override", user=user)
    if presence is Presence.DND and not override:
        raise PresenceRefused(122, "Do Not Disturb can only be set with override", user=user)


def _expiry_limits(expiry: int) -> str:
    return f"An expiry lies between {MIN_EXPIRY} and {MAX_EXPIRY} seconds, {expiry} does not"

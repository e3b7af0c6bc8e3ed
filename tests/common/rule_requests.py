"""Requests of rules for Anna without any rules, to see what the reconciler makes of them."""

from collections.abc import Callable
from datetime import UTC, datetime

from custom_components.cisco_unified_presence.arbitration import RequestedPresence, RuleRequest
from custom_components.cisco_unified_presence.control import Reconciler
from custom_components.cisco_unified_presence.pws import Presence

KEY = "anna@example.com"

type SetRequests = Callable[..., None]


def rule_request(
    presence: Presence = Presence.BUSY, *, insist: bool = False, rule: str = "room"
) -> RuleRequest:
    return RuleRequest(
        rule_id=rule,
        name=rule.title(),
        requested=RequestedPresence(presence, presence is not Presence.AVAILABLE),
        priority=0,
        order=0,
        insist=insist,
        since=datetime(2026, 11, 23, 9, tzinfo=UTC),
    )


def request_setter(reconciler: Reconciler) -> SetRequests:
    """Return a function that replaces the requests for Anna."""

    def set_requests(*requests: RuleRequest) -> None:
        reconciler._decisions._requests = lambda key: requests if key == KEY else ()
        reconciler.async_requests_changed([KEY])

    return set_requests

"""Rules that hold for Anna, without conditions: what the reconciler makes of them is looked at."""

from collections.abc import Callable
from datetime import UTC, datetime

from custom_components.cisco_unified_presence.arbitration import RequestedPresence, RuleRequest
from custom_components.cisco_unified_presence.control import Reconciler
from custom_components.cisco_unified_presence.pws import Presence

KEY = "anna@example.com"

type Hold = Callable[..., None]


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


def rules_of(reconciler: Reconciler) -> Hold:
    """Return a function that lets these rules hold for Anna, and no others."""

    def hold(*requests: RuleRequest) -> None:
        reconciler._requests = lambda key: requests if key == KEY else ()
        reconciler.async_requests_changed([KEY])

    return hold

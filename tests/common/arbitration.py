"""A request of a rule, as arbitration takes it."""

from custom_components.cisco_unified_presence.arbitration import RequestedPresence, RuleRequest
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.strategies import NOW

BUSY = RequestedPresence(Presence.BUSY, override=True)


def rule_request(
    rule: str, requested: RequestedPresence = BUSY, *, priority: int = 0, order: int = 0
) -> RuleRequest:
    return RuleRequest(
        rule_id=rule,
        name=rule,
        requested=requested,
        priority=priority,
        order=order,
        insist=False,
        since=NOW,
    )

"""The whole of a decision, for those who ask why: every rule, and what would win if it held."""

from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from ..arbitration import Decision, ManualSetting, Outcome, decide
from ..decision_words import in_words
from ..people import Person
from ..pws import ContactPresence
from ..states import STATES
from .status import Verdict


def account_of(
    person: Person,
    seen: ContactPresence | None,
    verdicts: tuple[Verdict, ...],
    *,
    manual: ManualSetting | None,
    set_aside: Outcome | None,
    now: datetime,
) -> dict[str, Any]:
    """Return, as plain JSON, why a person's presence is what it is.

    Args:
        person: Whose it is.
        seen: What the server shows.
        verdicts: How every rule about the person stands.
        manual: What was set through Home Assistant.
        set_aside: What the person has overruled.
        now: The time.
    """
    claims = [verdict.claim for verdict in verdicts if verdict.holds]
    decision = decide(manual, claims, set_aside, now)

    def if_it_held(verdict: Verdict) -> Decision:
        others = [claim for claim in claims if claim.rule_id != verdict.rule]
        return decide(manual, [*others, verdict.claim], set_aside, now)

    return {
        "name": person.name,
        "shown": STATES.get(seen.presence) if seen else None,
        "source": decision.source.value,
        "wanted": STATES[decision.requested.presence] if decision.requested else None,
        "note": decision.requested.note if decision.requested else None,
        "rule": decision.rule_request.name if decision.rule_request else None,
        "since": _moment(decision.since),
        "until": _moment(decision.until),
        "set_aside": decision.overruled,
        "reason": in_words(decision),
        "rules": [_rule(verdict, if_it_held(verdict), decision) for verdict in verdicts],
    }


def _rule(verdict: Verdict, if_it_held: Decision, decision: Decision) -> dict[str, Any]:
    wins = decision.rule_request is not None and decision.rule_request.rule_id == verdict.rule
    return {
        "id": verdict.rule,
        "name": verdict.name,
        "on": verdict.enabled,
        "holds": verdict.holds,
        "wins": wins and not decision.overruled,
        "since": _moment(verdict.since),
        "presence": STATES[verdict.claim.requested.presence],
        "priority": verdict.claim.priority,
        "not_true": list(verdict.failing),
        "if_it_held": in_words(if_it_held),
    }


def _moment(moment: datetime | None) -> str | None:
    return dt_util.as_local(moment).isoformat(timespec="seconds") if moment else None

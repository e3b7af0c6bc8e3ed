"""A decision log of which all that is told is noted."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.cisco_unified_presence.arbitration import (
    Decision,
    ManualSetting,
    Overruled,
    RequestedPresence,
    RuleRequest,
    decide,
)
from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import (
    EVENT_WINNER_CHANGED,
    DecisionLog,
    announcements,
)
from custom_components.cisco_unified_presence.control.history import PastDecision
from custom_components.cisco_unified_presence.control.record import PersonRecord
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.entry import SECRET
from tests.common.people import people
from tests.common.strategies import NOW

(ANNA,) = people("anna@example.com").values()


KEY = ANNA.key


BUSY = RequestedPresence(Presence.BUSY, override=True)


AWAY = RequestedPresence(Presence.AWAY, override=True)


def rule(rule_id: str = "room", requested: RequestedPresence | None = BUSY) -> RuleRequest:
    return RuleRequest(
        rule_id=rule_id,
        name=rule_id.title(),
        requested=requested,
        priority=0,
        order=0,
        insist=False,
        since=NOW,
    )


class Rules:
    """Tells what a test says of the changes and ends of rules."""

    def __init__(self) -> None:
        self.change: RuleChange | None = None
        self.end: datetime | None = None
        self.holding: set[str] = set()
        self.asked: list[list[str]] = []
        self.calls: list[tuple[tuple[str, str], Context]] = []

    def last_change_of(self, person: tuple[str, str], rule_ids: Iterable[str]) -> RuleChange | None:
        assert person == ("entry", KEY)
        self.asked.append(list(rule_ids))
        return self.change

    def holds_for(self, person: tuple[str, str], rule_id: str) -> bool:
        assert person == ("entry", KEY)
        return rule_id in self.holding

    def expected_end(self, person: tuple[str, str], decision: Decision) -> datetime | None:
        assert person == ("entry", KEY)
        return self.end if decision.rule_request else None

    def async_note_call(self, person: tuple[str, str], context: Context) -> None:
        self.calls.append((person, context))


class Told:
    """A log, and what it tells."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        entry = MockConfigEntry(
            domain=DOMAIN, title="CUP", entry_id="entry", data={"webhook_id": SECRET}
        )
        entry.add_to_hass(hass)
        self.rules = Rules()
        self.announcements = announcements.Announcements(hass, entry)
        self.winners: list[tuple[str, str | None]] = []
        self.log = DecisionLog(
            hass, entry, self.rules, lambda key, rule_id: self.winners.append((key, rule_id))
        )
        self.events = async_capture_events(hass, EVENT_WINNER_CHANGED)
        self.calls = 0
        self.log.async_subscribe(ANNA, self._called)

    def _called(self) -> None:
        self.calls += 1

    def report(
        self,
        *requests: RuleRequest,
        manual: ManualSetting | None = None,
        overruled: Overruled | None = None,
        losses: int = 0,
    ) -> Decision:
        now = self.now
        decision = decide(manual, requests, overruled, now)
        record = PersonRecord(
            winner=decision.winner, overruled=overruled, losses=tuple([now] * losses)
        )
        self.log.async_report(ANNA, decision, record, Presence.DND)
        return decision

    @property
    def now(self) -> datetime:
        return self._freezer().replace(tzinfo=NOW.tzinfo)

    def pass_time(self, seconds: float) -> None:
        self._freezer.tick(timedelta(seconds=seconds))

    def latest(self) -> PastDecision:
        return self.log.history.of(KEY)[0]

    @property
    def issues(self) -> dict[str | None, Any]:
        found = ir.async_get(self._hass).issues.values()
        return {each.translation_key: each.translation_placeholders for each in found}


def rule_decision(request: RuleRequest) -> Decision:
    return decide(None, [request], None, NOW)

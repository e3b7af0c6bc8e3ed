"""Who wins: the decision over one person's presence, as a pure function of what is requested.

Specified in docs/rules.md, "Who wins" and "A person's own hand".
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from .pws import Presence


class Source(StrEnum):
    """What a person's presence follows."""

    OWN = "own"
    RULE = "rule"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class RequestedPresence:
    """A presence that is requested for a person, perhaps over all that their devices report."""

    presence: Presence
    override: bool
    note: str | None = None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        return cls(Presence(stored["presence"]), stored["override"], stored.get("note"))

    def as_storage(self) -> dict[str, Any]:
        return {"presence": self.presence.value, "override": self.override, "note": self.note}


@dataclass(frozen=True, slots=True)
class ManualSetting:
    """A presence that was set through Home Assistant, until it is cleared or ends.

    Attributes:
        until: When it ends, None when it does not.
        ends_by_clock: Whether `until` is a time of day, rather than the end of a duration.
        set_by: The name of the user who set it, None for an automation.
    """

    requested: RequestedPresence
    since: datetime
    until: datetime | None = None
    ends_by_clock: bool = False
    set_by: str | None = None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        until = stored["until"]
        return cls(
            requested=RequestedPresence.from_storage(stored["want"]),
            since=datetime.fromisoformat(stored["since"]),
            until=datetime.fromisoformat(until) if until else None,
            # Earlier versions store neither, and so does this one where they say nothing.
            ends_by_clock=stored.get("ends_by_clock", False),
            set_by=stored.get("set_by"),
        )

    @property
    def outcome(self) -> Outcome:
        """Return its identity as a winner."""
        return Outcome(Source.MANUAL, self.since.isoformat(), self.requested)

    def moved(self, by: timedelta) -> Self:
        """Return it with its times by a clock that was set by so much."""
        until = self.until if self.ends_by_clock or not self.until else self.until + by
        return replace(self, since=self.since + by, until=until)

    def as_storage(self) -> dict[str, Any]:
        later = {"ends_by_clock": self.ends_by_clock, "set_by": self.set_by}
        return {
            "want": self.requested.as_storage(),
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            **{key: value for key, value in later.items() if value},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRequest:
    """What a rule that holds requests.

    Attributes:
        priority: The higher wins.
        order: Among equal priorities the lower wins.
        insist: Whether it is written again after the person has changed it by hand.
        until: When `at_most` will end it, None when nothing will.
    """

    rule_id: str
    name: str
    requested: RequestedPresence
    priority: int
    order: int
    insist: bool
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RulesPause:
    """A pause of rules; without an end it lasts until they are resumed."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RulesGate:
    """Whether rules may decide for a person.

    Attributes:
        follows: Whether the person's switch *Follow rules* is on.
        pause: The pause of all the person's rules.
    """

    follows: bool = True
    pause: RulesPause | None = None

    @property
    def paused_until(self) -> datetime | None:
        return self.pause.until if self.pause else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The identity of a winner: a person who overrules it overrules just this."""

    source: Source
    by: str
    requested: RequestedPresence

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        return cls(
            Source(stored["source"]), stored["by"], RequestedPresence.from_storage(stored["want"])
        )

    def as_storage(self) -> dict[str, Any]:
        return {"source": self.source.value, "by": self.by, "want": self.requested.as_storage()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who wins for a person now.

    Attributes:
        source: What the presence follows; own while the winner is overruled.
        requested: What the server is to publish, None for nothing.
        winner: The winner, whether or not it is overruled; None when nothing is requested.
        rule_request: The winning rule's request, None when no rule wins.
        since: When the winner began to request it.
        until: When it ends, as far as that is known.
        overruled: Whether the person has overruled the winner.
        set_by: The name of the user who made the winning manual setting.
    """

    source: Source
    requested: RequestedPresence | None = None
    winner: Outcome | None = None
    rule_request: RuleRequest | None = None
    since: datetime | None = None
    until: datetime | None = None
    overruled: bool = False
    set_by: str | None = None

    @property
    def insists(self) -> bool:
        """Return whether the winner is written again after a change by hand."""
        return self.rule_request is not None and self.rule_request.insist


NO_REQUEST = Decision(source=Source.OWN)


def highest(requests: Iterable[RuleRequest]) -> RuleRequest | None:
    """Return the request that wins over all others, None if there is none."""
    return min(requests, key=lambda each: (-each.priority, each.order, each.rule_id), default=None)


def decide(
    manual: ManualSetting | None,
    requests: Iterable[RuleRequest],
    overruled: Outcome | None,
    now: datetime,
) -> Decision:
    """Return who wins: manual over rules, the higher rule over the lower, unless overruled."""
    decision = _winning(manual, requests, now)
    if overruled is None or decision.winner != overruled:
        return decision
    return replace(decision, source=Source.OWN, requested=None, overruled=True)


def _winning(
    manual: ManualSetting | None, requests: Iterable[RuleRequest], now: datetime
) -> Decision:
    if manual and (manual.until is None or manual.until > now):
        return Decision(
            source=Source.MANUAL,
            requested=manual.requested,
            winner=manual.outcome,
            since=manual.since,
            until=manual.until,
            set_by=manual.set_by,
        )
    request = highest(requests)
    if request is None:
        return NO_REQUEST
    return Decision(
        source=Source.RULE,
        requested=request.requested,
        winner=Outcome(Source.RULE, request.rule_id, request.requested),
        rule_request=request,
        since=request.since,
        until=request.until,
    )

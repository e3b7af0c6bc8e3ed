"""Who wins: the decision over one person's presence, as a pure function of what is requested.

Specified in docs/rules.md, "Who wins" and "A person's own choice".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import NoneType
from typing import Any, Final, Self

from .pws import Presence
from .storage import of_type


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
        return cls(
            Presence(stored["presence"]),
            of_type(stored["override"], bool),
            of_type(stored.get("note"), str, NoneType),
        )

    def as_storage(self) -> dict[str, Any]:
        return {"presence": self.presence.value, "override": self.override, "note": self.note}


@dataclass(frozen=True, slots=True)
class ManualSetting:
    """A presence that was set through Home Assistant, until it is cleared or ends.

    Attributes:
        until: When it ends, None when it does not.
        ends_by_clock: Whether `until` is a time of day, rather than the end of a duration.
        set_by: The name of the user who set it, None for an automation.
        for_note: Whether it was made for its note; the presence is the one shown before.
    """

    requested: RequestedPresence
    since: datetime
    until: datetime | None = None
    ends_by_clock: bool = False
    set_by: str | None = None
    for_note: bool = False

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        until = stored["until"]
        return cls(
            requested=RequestedPresence.from_storage(stored["want"]),
            since=datetime.fromisoformat(stored["since"]),
            until=datetime.fromisoformat(until) if until else None,
            # Earlier versions store none of these, nor does this one where they say nothing.
            ends_by_clock=stored.get("ends_by_clock", False),
            set_by=stored.get("set_by"),
            for_note=stored.get("for_note", False),
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
        later = {
            "ends_by_clock": self.ends_by_clock,
            "set_by": self.set_by,
            "for_note": self.for_note,
        }
        return {
            "want": self.requested.as_storage(),
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            **{key: value for key, value in later.items() if value},
        }


# How long a person's own choice is respected at least, unless the rule says otherwise.
OVERRULED_FOR: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class OwnPresence:
    """What the person's own devices and choices make, without what was set by this integration.

    Attributes:
        presence: A state, None while it is not known.
        activities: What the person does besides, as states of entities spell it.
    """

    presence: str | None = None
    activities: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        return self.activities | ({self.presence} if self.presence else set())


NOT_KNOWN: Final = OwnPresence()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRequest:
    """What a rule that holds requests.

    Attributes:
        requested: The presence; None leaves the person to their own devices.
        priority: The higher wins.
        order: Among equal priorities the lower wins.
        insist: Whether it is written again after the person has changed it by hand.
        until: When its times will end it, None when nothing will.
        yields_to: The own presences and activities of the person over which it does not win.
        beats_manual: Whether it wins over what was set through Home Assistant.
        overruled_for: How long the person's choice is respected after it has ceased to hold.
    """

    rule_id: str
    name: str
    requested: RequestedPresence | None
    priority: int
    order: int
    insist: bool
    since: datetime
    until: datetime | None = None
    yields_to: frozenset[str] = frozenset()
    beats_manual: bool = False
    overruled_for: timedelta = OVERRULED_FOR


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
    """The identity of a winner."""

    source: Source
    by: str
    requested: RequestedPresence | None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        want = stored["want"]
        requested = RequestedPresence.from_storage(want) if want else None
        return cls(Source(stored["source"]), stored["by"], requested)

    def as_storage(self) -> dict[str, Any]:
        want = self.requested.as_storage() if self.requested else None
        return {"source": self.source.value, "by": self.by, "want": want}

    @property
    def without_note(self) -> Outcome:
        """Return what it has in common with the same winner at another note."""
        return replace(self, requested=self.requested and replace(self.requested, note=None))


@dataclass(frozen=True, slots=True)
class Overruled:
    """What a person has overruled.

    A manual setting is overruled itself; of a rule the presence, whichever rule requests it.

    Attributes:
        outcome: The winner at that time.
        overruled_for: How long the choice is respected once no rule requests that presence.
        until: When it is forgotten, None as long as a rule requests that presence.
    """

    outcome: Outcome
    overruled_for: timedelta = OVERRULED_FOR
    until: datetime | None = None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        until = stored.get("until")
        return cls(
            Outcome.from_storage(stored),
            timedelta(seconds=stored.get("overruled_for", OVERRULED_FOR.total_seconds())),
            datetime.fromisoformat(until) if until else None,
        )

    def as_storage(self) -> dict[str, Any]:
        stored = self.outcome.as_storage()
        if self.overruled_for != OVERRULED_FOR:
            stored["overruled_for"] = self.overruled_for.total_seconds()
        if self.until:
            stored["until"] = self.until.isoformat()
        return stored

    def covers(self, winner: Outcome | None) -> bool:
        if winner is None or Source.MANUAL in (winner.source, self.outcome.source):
            return winner == self.outcome
        return _presence_of(winner) is _presence_of(self.outcome) is not None

    def at(self, now: datetime) -> Self | None:
        """Return it, None once it is to be forgotten."""
        return None if self.until and self.until <= now else self

    def after(
        self, winner: Outcome | None, requests: Iterable[RuleRequest], now: datetime
    ) -> Self | None:
        """Return it once this wins and rules request these; None when it is forgotten."""
        if self.outcome.source is Source.MANUAL:
            return self if self.covers(winner) else None
        presence = _presence_of(self.outcome)
        if any(each.requested and each.requested.presence is presence for each in requests):
            return replace(self, until=None)
        # Set back, the clock must not make it last longer.
        end = now + self.overruled_for
        return replace(self, until=min(self.until, end) if self.until else end).at(now)


def _presence_of(outcome: Outcome) -> Presence | None:
    return outcome.requested.presence if outcome.requested else None


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
        yielding: The request that would win, but yields to the person's own presence.
        yields_to: The own presence or activity of the person to which it yields.
        remains_overruled: What the person has overruled, as it is to be remembered.
    """

    source: Source
    requested: RequestedPresence | None = None
    winner: Outcome | None = None
    rule_request: RuleRequest | None = None
    since: datetime | None = None
    until: datetime | None = None
    overruled: bool = False
    set_by: str | None = None
    yielding: RuleRequest | None = None
    yields_to: str | None = None
    remains_overruled: Overruled | None = None

    @property
    def insists(self) -> bool:
        """Return whether the winner is written again after a change by hand."""
        return self.rule_request is not None and self.rule_request.insist


NO_REQUEST = Decision(source=Source.OWN)


def highest(requests: Iterable[RuleRequest]) -> RuleRequest | None:
    """Return the request that wins over all others, None if there is none."""
    return min(requests, key=lambda each: (-each.priority, each.order, each.rule_id), default=None)


def yields(request: RuleRequest, own: OwnPresence) -> bool:
    """Return whether a request does not win over what the person's own devices and choices make."""
    return not request.yields_to.isdisjoint(own.names)


def decide(
    manual: ManualSetting | None,
    requests: Iterable[RuleRequest],
    overruled: Overruled | None,
    now: datetime,
    own: OwnPresence = NOT_KNOWN,
) -> Decision:
    """Return who wins: manual over rules, the higher rule over the lower, unless overruled."""
    all_requests = tuple(requests)
    free = [each for each in all_requests if not yields(each, own)]
    decision = _winning(manual, free, now)
    if len(free) < len(all_requests):
        would_win = _winning(manual, all_requests, now).rule_request
        if would_win is not None and would_win not in free:
            yields_to = min(would_win.yields_to & own.names)
            decision = replace(decision, yielding=would_win, yields_to=yields_to)
    overruled = overruled and overruled.at(now)
    if overruled is None:
        return decision
    remains = overruled.after(decision.winner, all_requests, now)
    if not overruled.covers(decision.winner):
        return replace(decision, remains_overruled=remains)
    return replace(
        decision, source=Source.OWN, requested=None, overruled=True, remains_overruled=remains
    )


def _winning(
    manual: ManualSetting | None, requests: Sequence[RuleRequest], now: datetime
) -> Decision:
    if manual and (manual.until is None or manual.until > now):
        above = highest(each for each in requests if each.beats_manual)
        if above is not None:
            return _won_by(above)
        return Decision(
            source=Source.MANUAL,
            requested=manual.requested,
            winner=manual.outcome,
            since=manual.since,
            until=manual.until,
            set_by=manual.set_by,
        )
    request = highest(requests)
    return NO_REQUEST if request is None else _won_by(request)


def _won_by(request: RuleRequest) -> Decision:
    return Decision(
        source=Source.RULE,
        requested=request.requested,
        winner=Outcome(Source.RULE, request.rule_id, request.requested),
        rule_request=request,
        since=request.since,
        until=request.until,
    )

"""Who wins: the decision over one person's presence, as a pure function of what is wanted.

docs/rules.md, "Who wins" and "A person's own hand", is what this is written from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from .pws import Presence


class Source(StrEnum):
    """Whose wish a person's presence follows."""

    OWN = "own"
    RULE = "rule"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class RequestedPresence:
    """A presence that is wanted for a person.

    Attributes:
        presence: The word.
        override: Whether it stands over everything that the person's devices report.
        note: The message beside it, None for none.
    """

    presence: Presence
    override: bool
    note: str | None = None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return the want that as_storage wrote down."""
        return cls(Presence(stored["presence"]), stored["override"], stored.get("note"))

    def as_storage(self) -> dict[str, Any]:
        """Return the want as plain JSON."""
        return {"presence": self.presence.value, "override": self.override, "note": self.note}


@dataclass(frozen=True, slots=True)
class ManualSetting:
    """What somebody has set through Home Assistant.

    Attributes:
        want: What was set.
        since: When.
        until: When it ends, None when it lasts until it is cleared.
    """

    want: RequestedPresence
    since: datetime
    until: datetime | None = None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return the hold that as_storage wrote down."""
        until = stored["until"]
        return cls(
            want=RequestedPresence.from_storage(stored["want"]),
            since=datetime.fromisoformat(stored["since"]),
            until=datetime.fromisoformat(until) if until else None,
        )

    def as_storage(self) -> dict[str, Any]:
        """Return the hold as plain JSON."""
        return {
            "want": self.want.as_storage(),
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRequest:
    """A rule that holds, and what it wants.

    Attributes:
        rule: The rule's id.
        name: The rule's name, as people read it.
        want: What it wants for everybody whom it is about.
        priority: The higher wins.
        order: Among equal priorities the lower wins.
        insist: Whether it is written again after the person has changed it by hand.
        since: When it began to hold.
        until: When `at_most` will end it, None when nothing will.
    """

    rule: str
    name: str
    want: RequestedPresence
    priority: int
    order: int
    insist: bool
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What tells one winner from another: whoever set it aside set aside just this."""

    source: Source
    by: str
    want: RequestedPresence

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return the outcome that as_storage wrote down."""
        return cls(
            Source(stored["source"]), stored["by"], RequestedPresence.from_storage(stored["want"])
        )

    def as_storage(self) -> dict[str, Any]:
        """Return the outcome as plain JSON."""
        return {"source": self.source.value, "by": self.by, "want": self.want.as_storage()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who wins for a person now.

    Attributes:
        source: Whose wish it is; own while the winner is set aside.
        want: What is to stand at the server, None when nothing is.
        winner: Who would win, whether or not it is set aside; None when nobody wants anything.
        rule: The winning rule, None when no rule wins.
        since: When the winner began to want it.
        until: When it ends, as far as that is known.
        set_aside: Whether the person has overruled the winner.
    """

    source: Source
    want: RequestedPresence | None = None
    winner: Outcome | None = None
    rule: RuleRequest | None = None
    since: datetime | None = None
    until: datetime | None = None
    set_aside: bool = False

    @property
    def insists(self) -> bool:
        """Return whether the winner is written again after a change by hand."""
        return self.rule is not None and self.rule.insist


NOBODY = Decision(source=Source.OWN)


def best(claims: Iterable[RuleRequest]) -> RuleRequest | None:
    """Return the rule that wins over all others, None when none holds."""
    return min(claims, key=lambda claim: (-claim.priority, claim.order, claim.rule), default=None)


def decide(
    manual: ManualSetting | None,
    claims: Iterable[RuleRequest],
    set_aside: Outcome | None,
    now: datetime,
) -> Decision:
    """Return who wins: manual over rules, the higher rule over the lower, and nobody else.

    Args:
        manual: What was set through Home Assistant, if anything.
        claims: The rules that hold for the person, in any order.
        set_aside: The winner that the person, or another writer, has overruled.
        now: The time, for manual holds that end.
    """
    decision = _winner(manual, claims, now)
    if set_aside is None or decision.winner != set_aside:
        return decision
    return Decision(
        source=Source.OWN,
        winner=decision.winner,
        rule=decision.rule,
        since=decision.since,
        until=decision.until,
        set_aside=True,
    )


def _winner(manual: ManualSetting | None, claims: Iterable[RuleRequest], now: datetime) -> Decision:
    if manual and (manual.until is None or manual.until > now):
        return Decision(
            source=Source.MANUAL,
            want=manual.want,
            winner=Outcome(Source.MANUAL, manual.since.isoformat(), manual.want),
            since=manual.since,
            until=manual.until,
        )
    claim = best(claims)
    if claim is None:
        return NOBODY
    return Decision(
        source=Source.RULE,
        want=claim.want,
        winner=Outcome(Source.RULE, claim.rule, claim.want),
        rule=claim,
        since=claim.since,
        until=claim.until,
    )

"""What is recorded of a controlled person across restarts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import NoneType
from typing import Any, Final, Protocol, Self

from ..arbitration import (
    OVERRULED_FOR,
    Decision,
    ManualSetting,
    Outcome,
    Overruled,
    RequestedPresence,
)
from ..people import contact_key
from ..pws import MIN_EXPIRY, Presence
from ..storage import of_type, require_times

# How long the server publishes a presence that is not renewed, in seconds: long enough to bridge a
# restart, short enough that a person is not Busy for the day because Home Assistant died.
EXPIRY: Final = 2 * MIN_EXPIRY
RENEW_AFTER: Final = timedelta(seconds=EXPIRY * 3 / 4)

# An insisting rule gives up after so many losses within this time.
LOSSES: Final = 2
LOSSES_WITHIN: Final = timedelta(minutes=15)

# By how much moments differ that mean the same.
ABOUT: Final = timedelta(seconds=2)

# Old servers show these words as others. Reference: "Rules that decide whether it works", rule 3.
TRANSLATIONS: Final = {Presence.BUSY: Presence.AWAY, Presence.VACATION: Presence.AWAY}


class Addressee(Protocol):
    """For whom a presence is published or cleared at the server."""

    @property
    def key(self) -> str: ...

    @property
    def user(self) -> str: ...

    @property
    def contact(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FormerPerson:
    """A person whom the entry no longer names, or whose presence it no longer sets."""

    user: str
    contact: str

    @property
    def key(self) -> str:
        return contact_key(self.contact)


@dataclass(frozen=True, slots=True)
class PublishedPresence:
    """A presence that was written to the server.

    Attributes:
        session: The mark of the session through which it was written.
        shown: The word that the server showed right after, None when it was not read back.
    """

    requested: RequestedPresence
    at: datetime
    session: str
    shown: Presence | None = None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        shown = stored["shown"]
        return cls(
            requested=RequestedPresence.from_storage(stored["want"]),
            at=datetime.fromisoformat(stored["at"]),
            session=stored["session"],
            shown=Presence(shown) if shown else None,
        )

    def as_storage(self) -> dict[str, Any]:
        return {
            "want": self.requested.as_storage(),
            "at": self.at.isoformat(),
            "session": self.session,
            "shown": self.shown.value if self.shown else None,
        }

    @property
    def renew_at(self) -> datetime:
        return self.at + RENEW_AFTER

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be written again; if written in the future, the clock was set."""
        return not self.at <= now < self.renew_at

    def may_have_ended(self, now: datetime) -> bool:
        """Tell whether the server may have dropped it."""
        return not self.at <= now < self.at + timedelta(seconds=EXPIRY)

    def after_jump(self, by: timedelta) -> Self:
        """Return it once the clock has jumped by so much.

        Set back, it was written so much earlier by the new time. Set forward, that time may just
        as well have passed, as it does while the machine sleeps.
        """
        return replace(self, at=self.at + min(by, timedelta(0)))

    def is_contradicted_by(self, shown: Presence | None) -> bool:
        """Tell whether the server shows this word in its place.

        Without an override it counts as one more device, and another word says nothing.
        """
        requested = self.requested.presence
        if not self.requested.override or shown in {None, Presence.UNKNOWN, requested}:
            return False
        # A server that has shown the word itself does not translate it.
        return self.shown is requested or shown is not TRANSLATIONS.get(requested)

    def blocks(self, requested: RequestedPresence) -> bool:
        """Tell whether it has to be cleared before another presence takes its place.

        An override would hide a word that is set without one, and a note might stay behind.
        """
        hides = self.requested.override and not requested.override
        return hides or (self.requested.note is not None and requested.note is None)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What is recorded of one person.

    Attributes:
        overruled: What the person has overruled, also while something else wins.
        winner: The winner of the last decision.
        unsure: Whether it is not known what is published: something is being written, or an answer
            was lost.
        losses: When what an insisting rule requested was replaced by another writer.
        idle_session: Whether a session without a presence may be open; it shows the person
            available. A later run cannot end it without logging in, so it is stored as unsure.
        own: The state that was shown before something was published, where no document tells: any
            without rich presence, and with it a choice by hand.
        own_by_hand: Whether a document has told that the person chose it.
    """

    manual: ManualSetting | None = None
    overruled: Overruled | None = None
    winner: Outcome | None = None
    published: PublishedPresence | None = None
    unsure: bool = False
    losses: tuple[datetime, ...] = ()
    idle_session: bool = False
    own: str | None = None
    own_by_hand: bool = False

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        manual, published = stored["manual"], stored["written"]
        overruled, winner = stored["set_aside"], stored["winner"]
        own = of_type(stored.get("own"), str, NoneType)
        record = cls(
            manual=ManualSetting.from_storage(manual) if manual else None,
            overruled=Overruled.from_storage(overruled) if overruled else None,
            winner=Outcome.from_storage(winner) if winner else None,
            published=PublishedPresence.from_storage(published) if published else None,
            unsure=of_type(stored["unsure"], bool),
            losses=tuple(map(datetime.fromisoformat, stored["losses"])),
            own=own,
            # Earlier versions did not tell it apart.
            own_by_hand=of_type(stored.get("own_by_hand", own is not None), bool),
        )
        _require_sound(record)
        return record

    def as_storage(self) -> dict[str, Any]:
        return {
            "manual": self.manual.as_storage() if self.manual else None,
            "set_aside": self.overruled.as_storage() if self.overruled else None,
            "winner": self.winner.as_storage() if self.winner else None,
            "written": self.published.as_storage() if self.published else None,
            "unsure": self.unsure or self.idle_session,
            "losses": [loss.isoformat() for loss in self.losses],
            **({"own": self.own, "own_by_hand": self.own_by_hand} if self.own else {}),
        }

    def after_jump(self, by: timedelta) -> Self:
        """Return it once the clock has jumped by so much.

        Set back, what ends after a time ends when it would have ended. Set forward, the time may
        just as well have passed, as it does while the machine sleeps.
        """
        jumped = replace(self, published=self.published and self.published.after_jump(by))
        return jumped.set_back(by) if by < timedelta(0) else jumped

    def is_set_at(self, moment: datetime) -> bool:
        """Tell whether the manual setting was set at about this moment."""
        return self.manual is not None and abs(self.manual.since - moment) < ABOUT

    def without_future(self, now: datetime) -> Self:
        """Return it without a manual setting from the future: the clock was set back since."""
        if self.manual is None or self.manual.since <= now:
            return self
        return self.set_back(now - self.manual.since)

    def set_back(self, by: timedelta) -> Self:
        """Return it with the times of a clock that was set by so much."""
        back = replace(self, losses=tuple(loss + by for loss in self.losses))
        if self.manual is None:
            return back
        before, manual = self.manual.outcome, self.manual.moved(by)
        return replace(
            back,
            manual=manual,
            winner=manual.outcome if self.winner == before else self.winner,
            overruled=self.overruled
            and replace(
                self.overruled,
                outcome=manual.outcome
                if self.overruled.outcome == before
                else self.overruled.outcome,
            ),
        )

    def at(self, now: datetime) -> Self:
        """Return it without a manual setting that has ended by this time."""
        ended = self.manual and self.manual.until and self.manual.until <= now
        return replace(self, manual=None) if ended else self

    def after(self, decision: Decision) -> Self:
        """Return it after this decision; another winner than before ends the losses."""
        is_same = _same_but_for_note(decision.winner, self.winner)
        return replace(
            self,
            winner=decision.winner,
            overruled=decision.remains_overruled,
            losses=self.losses if is_same else (),
        )

    def after_takeover(self, decision: Decision, now: datetime) -> Self:
        """Return it after another writer has replaced what is published.

        The winner is overruled, or, if it insists and has not lost too often, written again.
        """
        losses = (*(loss for loss in self.losses if loss > now - LOSSES_WITHIN), now)
        if decision.insists and len(losses) < LOSSES:
            return replace(self.doubtful(), losses=losses)
        winner, request = decision.winner, decision.rule_request
        respected = request.overruled_for if request else OVERRULED_FOR
        overruled = Overruled(winner, respected) if winner else None
        return replace(self, overruled=overruled, losses=losses)

    def resumed(self) -> Self:
        """Return it without what prevents rules from winning."""
        return replace(self, manual=None, overruled=None, losses=())

    def with_published(self, published: PublishedPresence | None) -> Self:
        """Return it once this is published, None for nothing."""
        return replace(self, published=published, unsure=False, idle_session=False)

    def with_published_of(self, other: Self) -> Self:
        return replace(
            self,
            published=other.published,
            unsure=other.unsure,
            idle_session=other.idle_session,
        )

    def doubtful(self) -> Self:
        """Return it while it is not known what is published."""
        return replace(self, published=None, unsure=True)

    def logged_in_only(self) -> Self:
        """Return it once a session is open that carries no presence."""
        return replace(self, published=None, unsure=False, idle_session=True)

    def agrees_with(self, requested: RequestedPresence | None, now: datetime) -> bool:
        """Tell whether just this is published, None for nothing, and not due to be renewed."""
        if self.unsure or self.published is None or requested is None:
            return requested is None and not self.may_be_published
        return self.published.requested == requested and not self.published.is_due(now)

    @property
    def may_be_published(self) -> bool:
        """Return whether the server may show something that was written to it."""
        return self.published is not None or self.unsure

    @property
    def may_hide_own(self) -> bool:
        """Return whether the server may show something else than the person's own presence."""
        return self.may_be_published or self.idle_session

    @property
    def has_given_up(self) -> bool:
        """Return whether an insisting winner was overruled after losing too often."""
        return self.overruled is not None and len(self.losses) >= LOSSES


def _same_but_for_note(one: Outcome | None, other: Outcome | None) -> bool:
    return (one and one.without_note) == (other and other.without_note)


def _require_sound(record: PersonRecord) -> None:
    manual, published, overruled = record.manual, record.published, record.overruled
    outcomes = [each for each in (overruled and overruled.outcome, record.winner) if each]
    for outcome in outcomes:
        of_type(outcome.by, str)
    require_times(record.losses)
    if overruled:
        require_times((overruled.until,))
    if manual:
        require_times((manual.since, manual.until))
        of_type(manual.ends_by_clock, bool)
        of_type(manual.for_note, bool)
        of_type(manual.set_by, str, NoneType)
    if published:
        of_type(published.session, str)
        require_times((published.at,))

"""What is remembered of a controlled person, also across restarts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from ..arbitration import Decision, ManualSetting, Outcome, RequestedPresence
from ..pws import MIN_EXPIRY, Presence

# How long the server holds a presence that nobody renews, in seconds: long enough to bridge a
# restart, short enough that nobody stays Busy for the day because Home Assistant died.
HOLD_EXPIRY: Final = 2 * MIN_EXPIRY
RENEW_AFTER: Final = timedelta(seconds=HOLD_EXPIRY * 3 / 4)

# A rule that insists stands back after so many losses within this time.
LOSSES: Final = 2
LOSSES_WITHIN: Final = timedelta(minutes=15)

# Old servers show these words as others. Reference: "Rules that decide whether it works", rule 3.
TRANSLATIONS: Final = {Presence.BUSY: Presence.AWAY, Presence.VACATION: Presence.AWAY}


@dataclass(frozen=True, slots=True)
class PublishedPresence:
    """What stands at the server by our doing.

    Attributes:
        requested: What was written.
        at: When.
        session: The mark of the session through which it was written.
        shown: The word that the server showed right after, None when it was not read back.
    """

    requested: RequestedPresence
    at: datetime
    session: str
    shown: Presence | None = None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return what as_storage wrote down."""
        shown = stored["shown"]
        return cls(
            requested=RequestedPresence.from_storage(stored["want"]),
            at=datetime.fromisoformat(stored["at"]),
            session=stored["session"],
            shown=Presence(shown) if shown else None,
        )

    def as_storage(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "want": self.requested.as_storage(),
            "at": self.at.isoformat(),
            "session": self.session,
            "shown": self.shown.value if self.shown else None,
        }

    @property
    def renew_at(self) -> datetime:
        """Return when it is to be written again."""
        return self.at + RENEW_AFTER

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be written again; after a clock was set back, nobody knows when."""
        return not self.at <= now < self.renew_at

    def may_have_ended(self, now: datetime) -> bool:
        """Tell whether the server may have dropped it."""
        return not self.at <= now < self.at + timedelta(seconds=HOLD_EXPIRY)

    def after_jump(self, by: timedelta) -> Self:
        """Return it once the clock has jumped by so much.

        Set back, it was written so much earlier by the new time. Set forward, that time may just
        as well have passed, as it does while the machine sleeps.
        """
        return replace(self, at=self.at + min(by, timedelta(0)))

    def is_contradicted_by(self, shown: Presence | None) -> bool:
        """Tell whether this word is shown because something stands over what was written.

        Without an override it is one device more; what others show says nothing then.
        """
        wanted = self.requested.presence
        if not self.requested.override or shown in {None, Presence.UNKNOWN, wanted}:
            return False
        # A server that has shown the word itself does not translate it.
        return self.shown is wanted or shown is not TRANSLATIONS.get(wanted)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What is remembered of one person.

    Attributes:
        manual: What somebody has set through Home Assistant.
        overruled: The winner that the person has overruled.
        winner: The winner that was last told.
        published: What stands at the server by our doing.
        unsure: Whether something was sent of which it is not known whether it stands there.
        losses: When what an insisting rule wrote was lost to another writer.
    """

    manual: ManualSetting | None = None
    overruled: Outcome | None = None
    winner: Outcome | None = None
    published: PublishedPresence | None = None
    unsure: bool = False
    losses: tuple[datetime, ...] = ()

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return what as_storage wrote down."""
        manual, written = stored["manual"], stored["written"]
        overruled, winner = stored["set_aside"], stored["winner"]
        return cls(
            manual=ManualSetting.from_storage(manual) if manual else None,
            overruled=Outcome.from_storage(overruled) if overruled else None,
            winner=Outcome.from_storage(winner) if winner else None,
            published=PublishedPresence.from_storage(written) if written else None,
            unsure=stored["unsure"],
            losses=tuple(map(datetime.fromisoformat, stored["losses"])),
        )

    def as_storage(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "manual": self.manual.as_storage() if self.manual else None,
            "set_aside": self.overruled.as_storage() if self.overruled else None,
            "winner": self.winner.as_storage() if self.winner else None,
            "written": self.published.as_storage() if self.published else None,
            "unsure": self.unsure,
            "losses": [loss.isoformat() for loss in self.losses],
        }

    def at(self, now: datetime) -> Self:
        """Return what is left of it at this time: manual holds end."""
        ended = self.manual and self.manual.until and self.manual.until <= now
        return replace(self, manual=None) if ended else self

    def after(self, decision: Decision) -> Self:
        """Return it once this decision has been taken.

        What was set aside is forgotten when the winner is another one, and with it the losses.
        """
        if decision.winner == self.winner:
            return self
        return replace(
            self,
            winner=decision.winner,
            overruled=self.overruled if decision.overruled else None,
            losses=(),
        )

    def after_takeover(self, decision: Decision, now: datetime) -> Self:
        """Return it after another writer has beaten what stands at the server.

        The winner is set aside, or, if it insists and has not lost too often, written again.
        """
        losses = (*(loss for loss in self.losses if loss > now - LOSSES_WITHIN), now)
        if decision.insists and len(losses) < LOSSES:
            return replace(self, published=None, losses=losses)
        return replace(self, overruled=decision.winner, losses=losses)

    def resumed(self) -> Self:
        """Return it with everything forgotten that keeps rules from winning."""
        return replace(self, manual=None, overruled=None, losses=())

    def with_published_of(self, other: Self) -> Self:
        """Return it with what stands at the server as the other has it."""
        return replace(self, published=other.published, unsure=other.unsure)

    def agrees_with(self, requested: RequestedPresence | None, now: datetime) -> bool:
        """Tell whether just this stands at the server, and need not be written again yet."""
        if self.unsure or self.published is None or requested is None:
            return requested is None and not self.may_be_published
        return self.published.requested == requested and not self.published.is_due(now)

    @property
    def may_be_published(self) -> bool:
        """Return whether something may stand at the server by our doing."""
        return self.published is not None or self.unsure

    @property
    def has_given_up(self) -> bool:
        """Return whether an insisting winner has given way after losing too often."""
        return self.overruled is not None and len(self.losses) >= LOSSES

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
        want: What was written.
        at: When.
        session: The mark of the session through which it was written.
        shown: The word that the server showed right after, None when it was not read back.
    """

    want: RequestedPresence
    at: datetime
    session: str
    shown: Presence | None = None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return what as_storage wrote down."""
        shown = stored["shown"]
        return cls(
            want=RequestedPresence.from_storage(stored["want"]),
            at=datetime.fromisoformat(stored["at"]),
            session=stored["session"],
            shown=Presence(shown) if shown else None,
        )

    def as_storage(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "want": self.want.as_storage(),
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

    def is_beaten_by(self, shown: Presence | None) -> bool:
        """Tell whether this word is shown because something stands over what was written.

        Without an override it is one device more; what others show says nothing then.
        """
        wanted = self.want.presence
        if not self.want.override or shown in {None, Presence.UNKNOWN, wanted}:
            return False
        # A server that has shown the word itself does not translate it.
        return self.shown is wanted or shown is not TRANSLATIONS.get(wanted)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What is remembered of one person.

    Attributes:
        manual: What somebody has set through Home Assistant.
        set_aside: The winner that the person has overruled.
        winner: The winner that was last told.
        written: What stands at the server by our doing.
        unsure: Whether something was sent of which it is not known whether it stands there.
        losses: When what an insisting rule wrote was lost to another writer.
    """

    manual: ManualSetting | None = None
    set_aside: Outcome | None = None
    winner: Outcome | None = None
    written: PublishedPresence | None = None
    unsure: bool = False
    losses: tuple[datetime, ...] = ()

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return what as_storage wrote down."""
        manual, written = stored["manual"], stored["written"]
        set_aside, winner = stored["set_aside"], stored["winner"]
        return cls(
            manual=ManualSetting.from_storage(manual) if manual else None,
            set_aside=Outcome.from_storage(set_aside) if set_aside else None,
            winner=Outcome.from_storage(winner) if winner else None,
            written=PublishedPresence.from_storage(written) if written else None,
            unsure=stored["unsure"],
            losses=tuple(map(datetime.fromisoformat, stored["losses"])),
        )

    def as_storage(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "manual": self.manual.as_storage() if self.manual else None,
            "set_aside": self.set_aside.as_storage() if self.set_aside else None,
            "winner": self.winner.as_storage() if self.winner else None,
            "written": self.written.as_storage() if self.written else None,
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
            set_aside=self.set_aside if decision.set_aside else None,
            losses=(),
        )

    def overruled(self, decision: Decision, now: datetime) -> Self:
        """Return it after another writer has beaten what stands at the server.

        The winner is set aside, or, if it insists and has not lost too often, written again.
        """
        losses = (*(loss for loss in self.losses if loss > now - LOSSES_WITHIN), now)
        if decision.insists and len(losses) < LOSSES:
            return replace(self, written=None, losses=losses)
        return replace(self, set_aside=decision.winner, losses=losses)

    def resumed(self) -> Self:
        """Return it with everything forgotten that keeps rules from winning."""
        return replace(self, manual=None, set_aside=None, losses=())

    def standing_as(self, other: Self) -> Self:
        """Return it with what stands at the server as the other has it."""
        return replace(self, written=other.written, unsure=other.unsure)

    def agrees_with(self, want: RequestedPresence | None, now: datetime) -> bool:
        """Tell whether just this stands at the server, and need not be written again yet."""
        if self.unsure or self.written is None or want is None:
            return want is None and not self.may_stand
        return self.written.want == want and not self.written.is_due(now)

    @property
    def may_stand(self) -> bool:
        """Return whether something may stand at the server by our doing."""
        return self.written is not None or self.unsure

    @property
    def has_stood_back(self) -> bool:
        """Return whether an insisting winner has given way after losing too often."""
        return self.set_aside is not None and len(self.losses) >= LOSSES

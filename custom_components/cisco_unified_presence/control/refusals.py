"""Back-off after refusals: a server locks accounts that it has to refuse again and again."""

from datetime import datetime, timedelta
from typing import Final

from ..pws import (
    InvalidCredentials,
    LoggedInElsewhere,
    PresenceRefused,
    PresenceServiceError,
    UnknownUser,
)

PAUSE: Final = timedelta(minutes=15)
# All people share the application user's account: one tries it, and the others follow.
STAGGER: Final = timedelta(seconds=1)

_REFUSALS = (InvalidCredentials, LoggedInElsewhere, PresenceRefused, UnknownUser)


def is_refusal(error: Exception) -> bool:
    """Tell whether trying again soon is of no use."""
    return isinstance(error, _REFUSALS)


class Refusals:
    """When people who were refused may be tried again; ``forget`` notes a success."""

    def __init__(self) -> None:
        self._people: dict[str, datetime] = {}
        self._account: datetime | None = None
        self._turns: dict[str, int] = {}

    def note(self, key: str, error: PresenceServiceError, now: datetime) -> None:
        """Note a refusal: of the person, or of the account and with it of all people."""
        if isinstance(error, InvalidCredentials):
            self._account = now + PAUSE
        elif is_refusal(error):
            self._people[key] = now + PAUSE

    def until(self, key: str) -> datetime | None:
        """Return when a person is tried again who is refused, None of any other."""
        moments = [each for each in (self._people.get(key), self._account) if each]
        return max(moments, default=None)

    def forget(self, key: str) -> None:
        self._people.pop(key, None)
        self._account = None

    def clear(self) -> None:
        """Forget all refusals, since their times are void once the clock has jumped."""
        self._people.clear()
        self._account = None

    def not_before(self, key: str, when: datetime) -> datetime:
        """Return when a person may be tried who is to be tried at this time."""
        # What lies further ahead was noted before the clock was set back.
        latest = when + PAUSE
        moments = [when]
        if key in self._people:
            self._people[key] = min(self._people[key], latest)
            moments.append(self._people[key])
        if self._account:
            self._account = min(self._account, latest)
            turn = self._turns.setdefault(key, len(self._turns))
            moments.append(self._account + turn * STAGGER)
        return max(moments)

"""The users of the measured server, and who watches whom."""

from collections.abc import Iterator
from dataclasses import dataclass

DOMAIN = "example.com"
PASSWORD = "simulator"  # noqa: S105 (the simulator's)

OURS, BARE, SAMPLES, POLLING = "hass", "bare", "samples", "polling"
ACCOUNTS = (OURS, BARE, SAMPLES, POLLING)


@dataclass(frozen=True, slots=True)
class Population:
    """The users of each account: ``size`` for the integration and the bare code, one for others.

    No user is watched by two accounts, so that a change concerns one of them only.
    """

    size: int

    def watched_by(self, account: str) -> list[str]:
        """Return the users that an account watches."""
        size = self.size if account in {OURS, BARE} else 1
        return [f"{account}{number}" for number in range(size)]

    def users(self) -> Iterator[str]:
        """Iterate over all users, watchers included."""
        for account in ACCOUNTS:
            yield watcher_of(account)
            yield from self.watched_by(account)


def watcher_of(account: str) -> str:
    """Return the end user as whom an account watches."""
    return f"watcher-{account}"


def contact_of(user: str) -> str:
    return f"{user}@{DOMAIN}"

"""Who is on the measured server, and who watches whom."""

from collections.abc import Iterator
from dataclasses import dataclass

DOMAIN = "example.com"
PASSWORD = "simulator"  # noqa: S105 (the simulator's)

OURS, BARE, SAMPLES, POLLING = "hass", "bare", "samples", "polling"
ACCOUNTS = (OURS, BARE, SAMPLES, POLLING)


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many people for the integration, and as many for the bare code; others watch one.

    They share nobody, so that a change concerns one of them alone.
    """

    size: int

    def watched_by(self, account: str) -> list[str]:
        """Return the users whom an account watches."""
        size = self.size if account in {OURS, BARE} else 1
        return [f"{account}{number}" for number in range(size)]

    def everybody(self) -> Iterator[str]:
        """Return everybody on the server, the watchers included."""
        for account in ACCOUNTS:
            yield watcher_of(account)
            yield from self.watched_by(account)


def watcher_of(account: str) -> str:
    """Return the end user through whose eyes an account watches."""
    return f"watcher-{account}"


def contact_of(user: str) -> str:
    """Return a user's contact URI."""
    return f"{user}@{DOMAIN}"

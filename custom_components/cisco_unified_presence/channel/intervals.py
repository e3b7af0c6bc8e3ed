"""The channel's timers, and for how long they run; in seconds."""

from enum import IntEnum, auto
import random
from typing import Final

# How long endpoint and subscription live on the server when they are not renewed: what a killed
# Home Assistant leaves behind ends by itself within the working day.
EXPIRY: Final = 3 * 3600
RENEW_AFTER: Final = EXPIRY * 3 / 4

# The server calls back at once after subscribing, so silence for so long means that it cannot.
SELF_TEST_SECONDS: Final = 10.0
FIRST_RETEST_SECONDS: Final = 30.0
LONGEST_RETEST_SECONDS: Final = 900.0

REFUSED_LOGIN_SECONDS: Final = 900.0
FIRST_RETRY_SECONDS: Final = 1.0
LONGEST_RETRY_SECONDS: Final = 60.0
# A server that missed one request is not gone; people's entities should not flicker.
FAILURES_UNTIL_UNREACHABLE: Final = 3

# Notifications without news are duplicates or forged. A few are free, more cost a fetch a second.
FREE_EMPTY_FETCHES: Final = 3
EMPTY_FETCH_PAUSE_SECONDS: Final = 1.0

# While many people are being set, their news is fetched together; no news waits longer for it.
MANY_WRITES: Final = 4
BURST_PAUSE_SECONDS: Final = 0.25

MAX_DOUBLINGS: Final = 10


class Timer(IntEnum):
    """What the channel waits for; each timer runs once at a time."""

    POLL = auto()
    FULL_REFRESH = auto()
    RENEW = auto()
    SELF_TEST = auto()
    RETEST = auto()
    RESUBSCRIBE = auto()
    RETRY = auto()
    REFUSED_LOGIN = auto()
    EMPTY_FETCH_PAUSE = auto()
    BURST_PAUSE = auto()


def before_retry(failures: int) -> float:
    """Return the pause after so many failures in a row."""
    return _growing(FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS, failures)


def before_retest(retests: int) -> float:
    """Return the pause before the callback is tested again, after so many tests in vain."""
    return _growing(FIRST_RETEST_SECONDS, LONGEST_RETEST_SECONDS, retests)


def varied(pause: float) -> float:
    """Vary a pause a little, so that clients that failed together do not come back together."""
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 (no secret depends on it)


def _growing(first: float, longest: float, doublings: int) -> float:
    # After a day without a server the power alone would be too large for a float.
    return min(first * 2.0 ** min(doublings, MAX_DOUBLINGS), longest)

"""What the live channel waits for, and for how long; in seconds."""

from enum import IntEnum, auto
import random

from .subscription import EXPIRY

RENEW_AFTER = EXPIRY * 3 / 4

# The server calls back at once after subscribing, so silence for so long means that it cannot.
SELF_TEST_SECONDS = 10.0
FIRST_RETEST_SECONDS = 30.0
LONGEST_RETEST_SECONDS = 900.0

REFUSED_LOGIN_SECONDS = 900.0
FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 60.0
# A server that missed one request is not gone; people's entities should not flicker.
FAILURES_UNTIL_UNREACHABLE = 3

# Notifications without news are duplicates or forged. A few are free, more cost a fetch a second.
FREE_EMPTY_FETCHES = 3
EMPTY_FETCH_PAUSE_SECONDS = 1.0

MAX_DOUBLINGS = 10


class Timer(IntEnum):
    """What the channel waits for; each runs once at a time."""

    POLL = auto()
    LOOK = auto()
    RENEW = auto()
    SELF_TEST = auto()
    RETEST = auto()
    PLACE = auto()
    RETRY = auto()
    EMPTY_FETCH_PAUSE = auto()


def before_retry(failures: int) -> float:
    """Return the pause after so many failures in a row.

    It varies a little, so that many who failed at the same moment do not come back at the same.
    """
    pause = _growing(FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS, failures)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 (no secret depends on it)


def before_retest(retests: int) -> float:
    """Return the pause before the callback is tested again, after so many tests in vain."""
    return _growing(FIRST_RETEST_SECONDS, LONGEST_RETEST_SECONDS, retests)


def _growing(first: float, longest: float, doublings: int) -> float:
    # After a day without a server the power alone would be too large for a float.
    return min(first * 2.0 ** min(doublings, MAX_DOUBLINGS), longest)

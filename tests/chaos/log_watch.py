"""Searches the log for secrets, repetitions and unexpected errors."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
import logging
import re
from typing import Final, override

from . import scenario

PACKAGE: Final = "custom_components/cisco_unified_presence/"
SIMULATOR: Final = "cup_simulator"

# "Under a line a minute per cause": in any so many minutes, at most as many lines.
MINUTES: Final = 5

# Each decision about a person is logged, since a person or a rule caused it: the arguments are part
# of the cause, as with lines that only consist of one. Of other lines only the wording is.
SAYING_ALL: Final = frozenset({"%s: %s", "%s"})

# A set-up that fails after its channel was open says so each time that Home Assistant tries it:
# after 5, 10, 20, 40 seconds. Those lines are allowed; tests/runtime/test_log.py checks the others.
CHANNEL: Final = "Presence from %s now comes by %s"

# Home Assistant logs this error when it is stopped while it sets an entry up.
HOME_STOPPED: Final = "Setup of config entry 'CUP' for cisco_unified_presence integration cancelled"

# Home Assistant logs these errors when a file in storage is no JSON.
STORAGE_DAMAGED: Final = re.compile(
    r"(Unrecoverable error decoding storage|Could not parse JSON content:).*cisco_unified_presence"
)


class LogWatch(logging.Handler):
    """Examines every log record.

    Attributes:
        secrets: Texts that must not be logged.
        errors: Unexpected errors since the last search.
        lines: The number of records so far.
    """

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.secrets = {scenario.PASSWORD}
        self.errors: list[str] = []
        self.lines = 0
        # The time of the loop when it last logged; a thread has no loop.
        self._latest = 0.0
        self._texts: list[str] = []
        self._times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines += 1
        with suppress(RuntimeError):
            self._latest = _now()
        text = logging.Formatter("%(levelname)s %(name)s %(message)s").format(record)
        self._texts.append(text)
        if record.name.startswith(SIMULATOR):
            return
        if HOME_STOPPED in text or STORAGE_DAMAGED.search(text):
            return
        if record.levelno >= logging.ERROR or (
            record.exc_info and record.levelno >= logging.WARNING
        ):
            self.errors.append(f"logged as an error: {text}")
        # Home Assistant logs lines of its own with our logger, such as one for each set-up that it
        # tries again.
        ours = PACKAGE in record.pathname and record.levelno >= logging.INFO
        if (ours and record.msg != CHANNEL) or record.levelno >= logging.WARNING:
            cause = record.getMessage() if record.msg in SAYING_ALL else str(record.msg)
            self._times[record.name, cause].append(self._latest)

    def search(self) -> Iterator[str]:
        """Yield the secrets and errors that were logged since the last search."""
        texts, self._texts = self._texts, []
        for text in texts:
            if any(secret in text for secret in self.secrets):
                yield f"a secret was logged: {text}"
        errors, self.errors = self.errors, []
        yield from errors

    def repetitions(self) -> Iterator[str]:
        """Yield lines that came more often than once a minute, and forget old ones."""
        for (name, cause), times in self._times.items():
            for first, last in zip(times, times[MINUTES:], strict=False):
                if last - first < MINUTES * 60:
                    yield (
                        f"{name} logged {cause!r} {MINUTES + 1} times between second"
                        f" {first:.0f} and {last:.0f}"
                    )
                    break
        recent = self._latest - MINUTES * 60
        for past in [each for each, times in self._times.items() if times[-1] < recent]:
            del self._times[past]


def _now() -> float:
    return asyncio.get_running_loop().time()

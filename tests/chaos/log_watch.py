"""Listens to everything that is logged: for secrets, for repetitions, for what nobody expected."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
import logging
from typing import Final, override

from . import cast

PACKAGE: Final = "custom_components/cisco_unified_presence/"
THEIRS: Final = "cup_simulator"

# "Under a line a minute per cause": in any so many minutes, at most as many lines.
MINUTES: Final = 5

# Of what was decided about a person there is a line each time, since a person or a rule caused it:
# who it is about and what was decided are part of the cause. Of all else the wording alone is.
DECISION: Final = "%s: %s"

# A set-up that fails after its channel was open says so each time that Home Assistant tries it:
# after 5, 10, 20, 40 seconds. That is not held against the log; tests/test_log.py has the others.
CHANNEL: Final = "Presence from %s now comes by %s"

# Home Assistant says so, as an error, when it is stopped while it sets an entry up.
HOME_STOPPED: Final = "Setup of config entry 'CUP' for cisco_unified_presence integration cancelled"


class LogWatch(logging.Handler):
    """Hears every record, as text and in parts.

    Attributes:
        secrets: What must not be said.
        told: Where a secret was said, or something that nobody expected.
        lines: How many records were heard.
    """

    def __init__(self) -> None:
        """Have heard nothing."""
        super().__init__(logging.DEBUG)
        self.secrets = {cast.PASSWORD}
        self.told: list[str] = []
        self.lines = 0
        self._texts: list[str] = []
        self._times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines += 1
        text = logging.Formatter("%(levelname)s %(name)s %(message)s").format(record)
        self._texts.append(text)
        if record.name.startswith(THEIRS):
            return
        if HOME_STOPPED in text:
            return
        if record.levelno >= logging.ERROR or (
            record.exc_info and record.levelno >= logging.WARNING
        ):
            self.told.append(f"logged as an error: {text}")
        # Home Assistant has lines of its own under our name, such as that of a set-up to be tried
        # again, at pauses that grow.
        ours = PACKAGE in record.pathname and record.levelno >= logging.INFO
        if (ours and record.msg != CHANNEL) or record.levelno >= logging.WARNING:
            cause = record.getMessage() if record.msg == DECISION else str(record.msg)
            self._times[record.name, cause].append(_now())

    def search(self) -> Iterator[str]:
        """Return where a secret was said since the last search."""
        texts, self._texts = self._texts, []
        for text in texts:
            if any(secret in text for secret in self.secrets):
                yield f"a secret was logged: {text}"
        told, self.told = self.told, []
        yield from told

    def repetitions(self) -> Iterator[str]:
        """Return what was said more often than once a minute, and forget what is long ago."""
        for (name, cause), times in self._times.items():
            for first, last in zip(times, times[MINUTES:], strict=False):
                if last - first < MINUTES * 60:
                    yield (
                        f"{name} said {cause!r} {MINUTES + 1} times between second"
                        f" {first:.0f} and {last:.0f}"
                    )
                    break
        recent = _now() - MINUTES * 60
        for past in [each for each, times in self._times.items() if times[-1] < recent]:
            del self._times[past]


def _now() -> float:
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:
        # From a thread; such a line has the time of nobody.
        return 0.0

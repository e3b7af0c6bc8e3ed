"""Noticing that the machine's clock has jumped: it was corrected, or the machine has slept.

Timers run by a clock that only counts, so none of them comes at its time then.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import LOGGER

LOOK_EVERY: Final = timedelta(minutes=1)
# Less is the clock's way of being corrected little by little.
JUMP: Final = timedelta(seconds=2)


@callback
def async_track_clock_jumps(
    hass: HomeAssistant, on_jump: Callable[[timedelta], None]
) -> CALLBACK_TYPE:
    """Call, within a minute, with how much further the clock is than it should be."""
    offset = _offset(hass)

    @callback
    def look(_now: datetime) -> None:
        nonlocal offset
        before, offset = offset, _offset(hass)
        if abs(by := offset - before) >= JUMP:
            LOGGER.debug("The clock has jumped by %s", by)
            on_jump(by)

    return async_track_time_interval(hass, look, LOOK_EVERY, cancel_on_shutdown=True)


def _offset(hass: HomeAssistant) -> timedelta:
    """Return by how much the clock is ahead of the one that only counts."""
    return timedelta(seconds=dt_util.utcnow().timestamp() - hass.loop.time())

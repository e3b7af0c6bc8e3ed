"""Detects jumps of the machine's clock: it was corrected, or the machine has slept.

Timers run by the monotonic clock, so after a jump none of them fires at the time it was set for.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import LOGGER

CHECK_INTERVAL: Final = timedelta(minutes=1)
# A clock that is corrected little by little moves by less.
JUMP: Final = timedelta(seconds=2)


@callback
def async_track_clock_jumps(
    hass: HomeAssistant, on_jump: Callable[[timedelta], None]
) -> CALLBACK_TYPE:
    """Call ``on_jump`` within a minute after a jump, with how far the clock has jumped.

    The returned callable ends that, with a last check: what is stored then must not have the times
    of a clock that has just been set.
    """
    offset = _offset(hass)

    @callback
    def check(_now: datetime | None = None) -> None:
        nonlocal offset
        before, offset = offset, _offset(hass)
        if abs(by := offset - before) >= JUMP:
            LOGGER.debug("The clock has jumped by %s", by)
            on_jump(by)

    cancel = async_track_time_interval(hass, check, CHECK_INTERVAL, cancel_on_shutdown=True)

    @callback
    def end() -> None:
        cancel()
        check()

    return end


def _offset(hass: HomeAssistant) -> timedelta:
    """Return by how much the clock is ahead of the monotonic one."""
    return timedelta(seconds=dt_util.utcnow().timestamp() - hass.loop.time())

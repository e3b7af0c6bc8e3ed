"""Whether the stored records are those of the last run, or older than what the server has."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..storage import HintStore, of_type, stored_time

STAMP_EVERY: Final = timedelta(minutes=10)
# A restart takes a while.
TRUSTED_FOR: Final = timedelta(minutes=15)


class RunMarker:
    """Stores when an entry last ran, and for how many people it had published something.

    Files that come from a backup hold an old time. A run that ended without storing the time looks
    the same, and costs no more than a check in vain.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = HintStore(hass, f"{DOMAIN}.{entry_id}.run")
        # When it was stamped last, and for how many people.
        self._stamped: tuple[datetime, int] | None = None

    async def async_is_trusted(self, published: int) -> bool:
        """Tell whether the records are those of the last run.

        Args:
            published: For how many people something is published according to the records.
        """
        stored = await self._store.async_load()
        try:
            at = stored_time(stored["at"])
            published_then = of_type(stored["published"], int)
        except KeyError, TypeError, ValueError:
            return False
        age = dt_util.utcnow() - at
        return timedelta() <= age <= TRUSTED_FOR and published >= published_then

    async def async_stamp(self, published: int) -> None:
        now = dt_util.utcnow()
        self._stamped = now, published
        await self._store.async_save({"at": now.isoformat(), "published": published})

    def is_due(self, published: int) -> bool:
        """Tell whether the stored time is too old for what is published now."""
        if self._stamped is None or not published:
            return False
        at, published_then = self._stamped
        age = dt_util.utcnow() - at
        return published > published_then or not timedelta() <= age < STAMP_EVERY

    async def async_forget(self) -> None:
        await self._store.async_remove()

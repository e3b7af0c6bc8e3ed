"""Waiting for anything to change, for those who show the state live."""

import asyncio


class Changes:
    """A count of changes that can be waited for."""

    def __init__(self) -> None:
        """Start before any change."""
        self.count = 0
        self._next = asyncio.Event()

    def announce(self) -> None:
        """Say that something may have changed."""
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, count: int) -> int:
        """Return the count as soon as it is not the given one any more."""
        while self.count == count:
            await self._next.wait()
        return self.count

"""Notification of state changes for the live view."""

import asyncio


class Changes:
    """A count of changes that can be awaited."""

    def __init__(self) -> None:
        self.count = 0
        self._next = asyncio.Event()

    def announce(self) -> None:
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, count: int) -> int:
        """Return the count once it differs from the given one."""
        while self.count == count:
            await self._next.wait()
        return self.count

"""Stories: steps that must come true in time, each printed with its duration."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable
import time

from .stage import Stage

LOOK_AGAIN_SECONDS = 0.05


class StoryFailed(Exception):
    """A step did not come true in time."""


class Telling(ABC):
    """A story that uses public interfaces only."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._hass = stage.home_assistant
        self._cup = stage.cup

    @abstractmethod
    async def tell(self) -> None:
        """Run all steps. Raises StoryFailed."""

    async def _see_state(self, what: str, entity: str, state: str, within: float = 10) -> None:
        async def is_so() -> bool:
            return await self._hass.state(entity) == state

        await self._see(what, is_so, within)

    async def _see_attribute(self, what: str, entity: str, **attribute: str | bool) -> None:
        async def is_so() -> bool:
            attributes: dict[str, object] = (await self._hass.entity(entity))["attributes"]
            return attribute.items() <= attributes.items()

        await self._see(what, is_so)

    async def _see_word(self, what: str, user: str, word: str, within: float = 10) -> None:
        async def is_so() -> bool:
            return await self._cup.presence_of(user) == word

        await self._see(what, is_so, within)

    async def _see(
        self, what: str, is_so: Callable[[], Awaitable[bool]], within: float = 10
    ) -> None:
        started = time.monotonic()
        try:
            async with asyncio.timeout(within):
                while not await is_so():  # noqa: ASYNC110 (it lies in another process)
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
        except TimeoutError as error:
            raise StoryFailed(f"{what}: not within {within:g} s") from error
        print(f"{time.monotonic() - started:7.2f} s  {what}", flush=True)

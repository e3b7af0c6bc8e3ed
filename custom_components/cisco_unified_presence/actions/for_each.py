"""Act for many people at once, and say for whom it failed."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import batched
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN, LOGGER
from ..error_messages import async_sentence, translated
from .targets import Target

# What is done for a person until the server is asked takes a fraction of a millisecond; so many at
# a time do not block the loop.
TARGETS_PER_BATCH: Final = 25

# People whom an error names.
MAX_NAMES: Final = 10

type Act = Callable[[Target], Coroutine[Any, Any, None]]
type Failures = Sequence[tuple[str, HomeAssistantError]]
"""People's names, and why it failed for them."""


async def async_for_each(
    hass: HomeAssistant,
    targets: Sequence[Target],
    act: Act,
    failed: str,
    *,
    left_out: Failures = (),
    beginning: AbstractContextManager[object] | None = None,
) -> None:
    """Act for every target at once; a failure for one does not stop the others.

    Args:
        hass: Home Assistant.
        targets: The people to act for.
        act: What to do for each.
        failed: The translation key of the error that lists the failures.
        left_out: People who are not among the targets; they count as failures.
        beginning: Is entered until acting has begun for all.

    Raises:
        HomeAssistantError: It failed for some; the sentence says for whom and why.
    """
    attempts: list[asyncio.Task[HomeAssistantError | None]] = []
    async with asyncio.TaskGroup() as group:
        with beginning or nullcontext():
            for batch in batched(targets, TARGETS_PER_BATCH, strict=False):
                attempts += [group.create_task(_async_attempt(act, target)) for target in batch]
                await asyncio.sleep(0)
    failures = [
        (target.person.name, error)
        for target, attempt in zip(targets, attempts, strict=True)
        if (error := attempt.result()) is not None
    ]
    failures += left_out
    if failures:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=failed,
            translation_placeholders={"failures": _in_words(hass, failures)},
        ) from failures[0][1]


def _in_words(hass: HomeAssistant, failures: Failures) -> str:
    named = failures[:MAX_NAMES]
    words = "; ".join(f"{name}: {async_sentence(hass, error)}" for name, error in named)
    if (more := len(failures) - MAX_NAMES) <= 0:
        return words
    error = HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="and_more_people",
        translation_placeholders={"failures": words, "count": str(more)},
    )
    return async_sentence(hass, error)


async def _async_attempt(act: Act, target: Target) -> HomeAssistantError | None:
    try:
        with translated(HomeAssistantError):
            await act(target)
    except HomeAssistantError as error:
        return error
    except Exception as mistake:  # noqa: BLE001 (the others must be acted for)
        LOGGER.error("Acting for %s failed", target.person.contact, exc_info=mistake)
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="failed",
            translation_placeholders={"detail": repr(mistake)},
        )
    return None

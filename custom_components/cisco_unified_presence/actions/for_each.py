"""Act for many people at once, and say for whom it failed."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..error_messages import async_sentence, translated
from .targets import Target

type Act = Callable[[Target], Coroutine[Any, Any, None]]


async def async_for_each(
    hass: HomeAssistant, targets: Sequence[Target], act: Act, failed: str
) -> None:
    """Act for every target at once; a failure for one does not stop the others.

    Args:
        hass: Home Assistant.
        targets: The people to act for.
        act: What to do for each.
        failed: The translation key of the error that lists the failures.

    Raises:
        HomeAssistantError: It failed for some; the sentence says for whom and why.
    """
    outcomes = await asyncio.gather(*(_async_attempt(act, target) for target in targets))
    failures = {
        target.person.name: error
        for target, error in zip(targets, outcomes, strict=True)
        if error is not None
    }
    if not failures:
        return
    sentences = (f"{name}: {async_sentence(hass, error)}" for name, error in failures.items())
    raise HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=failed,
        translation_placeholders={"failures": "; ".join(sentences)},
    ) from next(iter(failures.values()))


async def _async_attempt(act: Act, target: Target) -> HomeAssistantError | None:
    try:
        with translated(HomeAssistantError):
            await act(target)
    except HomeAssistantError as error:
        return error
    return None

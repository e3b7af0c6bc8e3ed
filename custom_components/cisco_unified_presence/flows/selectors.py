"""Selectors that several forms use."""

from collections.abc import Iterable
from typing import Any, override

from homeassistant.helpers.selector import (
    ConditionSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TargetSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

HOURS = NumberSelector(
    NumberSelectorConfig(
        min=1, max=744, step=1, mode=NumberSelectorMode.BOX, unit_of_measurement="h"
    )
)
PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
PORT = NumberSelector(NumberSelectorConfig(min=1, max=65535, mode=NumberSelectorMode.BOX))
TEXT = TextSelector()
URL = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))


def choice(
    options: Iterable[str], translation_key: str, *, multiple: bool = False
) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(map(str, options)),
            translation_key=translation_key,
            multiple=multiple,
        )
    )


def seconds(minimum: int, maximum: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=minimum, max=maximum, mode=NumberSelectorMode.BOX, unit_of_measurement="s"
        )
    )


class RawConditionSelector(ConditionSelector):
    """Returns conditions as entered, so that they can be stored.

    The flow validates them: what a selector refuses, the form shows as a validator words it.
    """

    @override
    def __call__(self, data: Any) -> Any:
        return data


class RawTargetSelector(TargetSelector):
    """Validates a target and returns it as entered; a template could not be stored."""

    @override
    def __call__(self, data: Any) -> dict[str, list[str]]:
        super().__call__(data)
        target: dict[str, list[str]] = data
        return target

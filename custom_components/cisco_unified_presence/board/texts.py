"""Sentences of the integration in the language of one user."""

from collections.abc import Mapping
from typing import Self

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..error_messages import explain
from ..pws import PresenceServiceError
from ..runtime import CupConfigEntry

EXCEPTIONS = "exceptions"


class Texts:
    """The texts of errors in one language.

    Attributes:
        language: The language.
    """

    def __init__(self, language: str, errors: Mapping[str, str]) -> None:
        self.language = language
        self._errors = errors

    @classmethod
    async def async_load(cls, hass: HomeAssistant, language: str) -> Self:
        return cls(language, await async_get_translations(hass, language, EXCEPTIONS, [DOMAIN]))

    def failure(self, error: PresenceServiceError) -> str:
        """Return why a server does not answer."""
        explanation = explain(error)
        return self._sentence(explanation.key, explanation.placeholders) or str(error)

    def why_not_loaded(self, entry: CupConfigEntry) -> str | None:
        """Return why an entry is not loaded, None when it has not said so, as while it starts."""
        key = entry.error_reason_translation_key
        placeholders = entry.error_reason_translation_placeholders or {}
        return (self._sentence(key, placeholders) if key else None) or entry.reason

    def error(self, error: HomeAssistantError) -> str:
        key, placeholders = error.translation_key, error.translation_placeholders
        return (self._sentence(key, placeholders or {}) if key else None) or str(error)

    def _sentence(self, key: str, placeholders: Mapping[str, str]) -> str | None:
        text = self._errors.get(f"component.{DOMAIN}.{EXCEPTIONS}.{key}.message")
        return text.format(**placeholders) if text else None

"""The issue of a server none of whose rich presence documents can be read."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import LOGGER
from ..issues import Issue, async_clear_issues, async_raise_issue
from ..pws import AnswerNotUnderstood
from ..redaction import redacted


@callback
def async_report_unread_document(
    hass: HomeAssistant, entry: ConfigEntry, error: AnswerNotUnderstood
) -> None:
    LOGGER.warning("Rich presence is not understood and is left out: %s", error)
    async_raise_issue(
        hass,
        entry,
        Issue.RICH_PRESENCE_NOT_UNDERSTOOD,
        detail=error.detail,
        sample=redacted(error.sample),
    )


@callback
def async_clear_unread_documents(hass: HomeAssistant, entry: ConfigEntry) -> None:
    LOGGER.info("Rich presence is understood again")
    async_clear_issues(hass, entry, Issue.RICH_PRESENCE_NOT_UNDERSTOOD)

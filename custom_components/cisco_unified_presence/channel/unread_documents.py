"""The reader of an entry, and the issue of a server none of whose documents it can read."""

from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import LOGGER
from ..issues import Issue, async_clear_issues, async_raise_issue
from ..pws import AnswerNotUnderstood, PresenceClient
from ..redaction import redacted
from .presence_reader import PresenceReader


def reader_of_entry(
    hass: HomeAssistant, entry: ConfigEntry, client: PresenceClient, watcher: str, *, rich: bool
) -> PresenceReader:
    """Return the reader that reports to the entry's user which documents it cannot read."""
    return PresenceReader(
        client,
        watcher,
        rich=rich,
        on_not_understood=partial(async_report_unread_document, hass, entry),
        on_understood=partial(async_clear_unread_documents, hass, entry),
    )


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

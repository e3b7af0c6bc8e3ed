"""Repair issues: what keeps presence from being live, in sentences that the user can act on."""

from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN


class Issue(StrEnum):
    """What may be wrong; the value is the key of its text."""

    CALLBACK_UNREACHABLE = "callback_unreachable"
    CALLBACK_NO_URL = "callback_no_url"
    CALLBACK_NEEDS_HTTP = "callback_needs_http"
    CALLBACK_PORT_CLOSED = "callback_port_closed"
    CERTIFICATE_CHANGED = "certificate_changed"
    ENDPOINT_REFUSED = "endpoint_refused"
    NO_FREE_ENDPOINT = "no_free_endpoint"
    NO_FREE_SUBSCRIPTION = "no_free_subscription"
    SESSION_TAKEN_OVER = "session_taken_over"
    RICH_PRESENCE_NOT_UNDERSTOOD = "rich_presence_not_understood"


@callback
def async_raise_issue(
    hass: HomeAssistant, entry: ConfigEntry, issue: Issue, **placeholders: str
) -> None:
    """Show an issue of this entry."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry, issue),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue,
        translation_placeholders={"title": entry.title, **placeholders},
    )


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry, *issues: Issue) -> None:
    """Take issues of this entry away; all of them when none is named."""
    for issue in issues or Issue:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, issue))


def _issue_id(entry: ConfigEntry, issue: Issue) -> str:
    return f"{issue}_{entry.entry_id}"

"""Repair issues: what keeps presence from being live, in sentences that the user can act on."""

from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .people import Person


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
    NODE_NOT_TRUSTED = "node_not_trusted"
    PEOPLE_UNKNOWN = "people_unknown"
    SESSION_TAKEN_OVER = "session_taken_over"
    RICH_PRESENCE_NOT_UNDERSTOOD = "rich_presence_not_understood"


# What a flow of repairs.py does something about.
FIXABLE = frozenset(Issue) - {Issue.RICH_PRESENCE_NOT_UNDERSTOOD}

# What is wrong whether or not the entry is loaded; every other issue ends with its run.
LASTING = frozenset({Issue.CERTIFICATE_CHANGED, Issue.PEOPLE_UNKNOWN})

# Stands in an address for the part that nobody can guess.
HIDDEN = "…"

type FixData = dict[str, str | int | float | None]


class PersonIssue(StrEnum):
    """What may be wrong about one person; the value is the key of its text."""

    PRESENCE_NOT_SET = "presence_not_set"
    STOOD_BACK = "stood_back"


def without_secret(entry: ConfigEntry, url: str) -> str:
    """Return the callback's address as people may see it.

    Whoever knows the rest of it can call in the server's name.
    """
    return url.replace(entry.data[CONF_WEBHOOK_ID], HIDDEN)


@callback
def async_raise_issue(
    hass: HomeAssistant, entry: ConfigEntry, issue: Issue, **placeholders: str
) -> None:
    """Show an issue of this entry; its flow is told the entry and what the text names.

    Everybody who is logged in can read it.
    """
    told = {
        "title": entry.title,
        **{name: without_secret(entry, text) for name, text in placeholders.items()},
    }
    fix: FixData | None = {"entry_id": entry.entry_id, **told} if issue in FIXABLE else None
    _create(hass, _issue_id(entry, issue), issue, told, fix)


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry, *issues: Issue) -> None:
    """Take issues of this entry away; all of them when none is named."""
    for issue in issues or Issue:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, issue))


@callback
def async_is_raised(hass: HomeAssistant, entry: ConfigEntry, issue: Issue) -> bool:
    """Return whether an issue of this entry stands."""
    return ir.async_get(hass).async_get_issue(DOMAIN, _issue_id(entry, issue)) is not None


@callback
def async_ignore_issue(
    hass: HomeAssistant, entry: ConfigEntry, issue: Issue, *, ignore: bool
) -> None:
    """Have an issue of this entry ignored or shown again, where it stands."""
    if async_is_raised(hass, entry, issue):
        ir.async_ignore_issue(hass, DOMAIN, _issue_id(entry, issue), ignore)


@callback
def async_raise_issue_of_person(
    hass: HomeAssistant,
    entry: ConfigEntry,
    person: Person,
    issue: PersonIssue,
    **placeholders: str,
) -> None:
    """Show an issue of one person of this entry."""
    _create(
        hass,
        _person_issue_id(entry, person, issue),
        issue,
        {"title": entry.title, "name": person.name, **placeholders},
    )


@callback
def async_clear_issues_of_person(
    hass: HomeAssistant, entry: ConfigEntry, person: Person, *issues: PersonIssue
) -> None:
    """Take issues of one person away; all of them when none is named."""
    for issue in issues or PersonIssue:
        ir.async_delete_issue(hass, DOMAIN, _person_issue_id(entry, person, issue))


def _create(
    hass: HomeAssistant,
    issue_id: str,
    key: str,
    placeholders: dict[str, str],
    fix: FixData | None = None,
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data=fix,
        is_fixable=fix is not None,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def _person_issue_id(entry: ConfigEntry, person: Person, issue: PersonIssue) -> str:
    return f"{issue}_{entry.entry_id}_{person.key}"


def _issue_id(entry: ConfigEntry, issue: Issue) -> str:
    return f"{issue}_{entry.entry_id}"

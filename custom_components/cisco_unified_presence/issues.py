"""Repair issues: what keeps presence from being live, and what the user can do about it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .people import Person


class Issue(StrEnum):
    """An issue of an entry; the value is its translation key."""

    ACCOUNT_SHARED = "account_shared"
    CALLBACK_UNREACHABLE = "callback_unreachable"
    CALLBACK_NO_URL = "callback_no_url"
    CALLBACK_NEEDS_HTTP = "callback_needs_http"
    CALLBACK_PORT_CLOSED = "callback_port_closed"
    CERTIFICATE_CHANGED = "certificate_changed"
    CONTACT_LIST_UNAVAILABLE = "contact_list_unavailable"
    ENDPOINT_REFUSED = "endpoint_refused"
    ENTITY_LIMIT = "entity_limit"
    NO_FREE_ENDPOINT = "no_free_endpoint"
    NO_FREE_SUBSCRIPTION = "no_free_subscription"
    NODE_NOT_TRUSTED = "node_not_trusted"
    PEOPLE_LEFT_CONTACT_LIST = "people_left_contact_list"
    PEOPLE_NEVER_SEEN = "people_never_seen"
    PEOPLE_UNKNOWN = "people_unknown"
    PEOPLE_UNREADABLE = "people_unreadable"
    SESSION_TAKEN_OVER = "session_taken_over"
    RICH_PRESENCE_NOT_UNDERSTOOD = "rich_presence_not_understood"


# Issues that have a fix flow; see repairs.py.
FIXABLE = frozenset(Issue) - {
    Issue.ACCOUNT_SHARED,
    Issue.ENTITY_LIMIT,
    Issue.PEOPLE_NEVER_SEEN,
    Issue.PEOPLE_UNREADABLE,
    Issue.RICH_PRESENCE_NOT_UNDERSTOOD,
}

# Issues that outlive an unload of the entry.
LASTING = frozenset(
    {
        Issue.CERTIFICATE_CHANGED,
        Issue.PEOPLE_LEFT_CONTACT_LIST,
        Issue.PEOPLE_NEVER_SEEN,
        Issue.PEOPLE_UNKNOWN,
    }
)

# Each run finds out again whether these are there.
ISSUES_OF_A_RUN = (
    Issue.ACCOUNT_SHARED,
    Issue.CONTACT_LIST_UNAVAILABLE,
    Issue.ENTITY_LIMIT,
    Issue.NODE_NOT_TRUSTED,
    Issue.RICH_PRESENCE_NOT_UNDERSTOOD,
    Issue.PEOPLE_UNREADABLE,
    Issue.SESSION_TAKEN_OVER,
)

# In place of the secret part of an address.
HIDDEN = "…"

# Of those of whom something was lost.
MAX_NAMES: Final = 10

type FixData = dict[str, str | int | float | None]


class PersonIssue(StrEnum):
    """An issue of one person; the value is its translation key."""

    PRESENCE_NOT_SET = "presence_not_set"
    STOOD_BACK = "stood_back"


class VoiceIssue(StrEnum):
    """An issue of the sentences for all entries; the value is its translation key."""

    EDITED = "voice_sentences_edited"
    NOT_WRITTEN = "voice_sentences_not_written"


def without_secret(entry: ConfigEntry, url: str) -> str:
    """Return the callback's address without the secret, which authenticates the server."""
    return url.replace(entry.data[CONF_WEBHOOK_ID], HIDDEN)


@callback
def async_raise_issue(
    hass: HomeAssistant, entry: ConfigEntry, issue: Issue, **placeholders: str
) -> None:
    """Raise an issue of this entry; its fix flow gets the entry's id and the placeholders.

    Every user of Home Assistant can read it, so secrets are removed.
    """
    shown = {
        "title": entry.title,
        **{name: without_secret(entry, text) for name, text in placeholders.items()},
    }
    fix: FixData | None = {"entry_id": entry.entry_id, **shown} if issue in FIXABLE else None
    _create(hass, _issue_id(entry, issue), issue, shown, fix)


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry, *issues: Issue) -> None:
    """Delete issues of this entry; all of them when none is named."""
    for issue in issues or Issue:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, issue))


@callback
def async_is_raised(hass: HomeAssistant, entry: ConfigEntry, issue: Issue) -> bool:
    return ir.async_get(hass).async_get_issue(DOMAIN, _issue_id(entry, issue)) is not None


@callback
def async_placeholders(hass: HomeAssistant, entry: ConfigEntry, issue: Issue) -> dict[str, str]:
    """Return what the text of an issue names, nothing while it is not raised."""
    found = ir.async_get(hass).async_get_issue(DOMAIN, _issue_id(entry, issue))
    return (found and found.translation_placeholders) or {}


@callback
def async_ignore_issue(
    hass: HomeAssistant, entry: ConfigEntry, issue: Issue, *, ignore: bool
) -> None:
    """Ignore an issue of this entry, or show it again, if it is raised."""
    if async_is_raised(hass, entry, issue):
        ir.async_ignore_issue(hass, DOMAIN, _issue_id(entry, issue), ignore)


@callback
def async_raise_issue_of_person(
    hass: HomeAssistant,
    entry: ConfigEntry,
    person: Person,
    issue: PersonIssue,
    *,
    fix: FixData | None = None,
    **placeholders: str,
) -> None:
    """Raise an issue of one person.

    A fix flow, where the issue has one, gets what is given for it, the ids of the entry and of the
    person, and the placeholders.
    """
    shown = {"title": entry.title, "name": person.name, **placeholders}
    named = {"entry_id": entry.entry_id, "person": person.key}
    _create(
        hass,
        _person_issue_id(entry, person, issue),
        issue,
        shown,
        {**named, **shown, **fix} if fix is not None else None,
    )


@callback
def async_clear_issues_of_person(
    hass: HomeAssistant, entry: ConfigEntry, person: Person, *issues: PersonIssue
) -> None:
    """Delete issues of one person; all of them when none is named."""
    for issue in issues or PersonIssue:
        ir.async_delete_issue(hass, DOMAIN, _person_issue_id(entry, person, issue))


@callback
def async_raise_loss(hass: HomeAssistant, issue: str, *, of: str = "", **placeholders: str) -> None:
    """Raise an issue about something stored that is lost; it stays until it is confirmed.

    Each loss has an issue of its own.

    Args:
        hass: Home Assistant.
        issue: The translation key.
        of: The id of the entry that has lost it.
        placeholders: What the text names.
    """
    ir.async_create_issue(
        hass,
        DOMAIN,
        "_".join(filter(None, (issue, of, dt_util.utcnow().isoformat()))),
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue,
        translation_placeholders=placeholders,
    )


def first_names(names: Sequence[str]) -> str:
    """Return the first MAX_NAMES of some names, and how many more there are."""
    more = f", … (+{len(names) - MAX_NAMES})" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more


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

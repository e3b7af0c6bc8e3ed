"""Diagnostics: what somebody who helps needs to know, without anybody's name, key or password."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.redact import REDACTED, async_redact_data
from yarl import URL

from .const import CONF_APPLICATION_USER, CONF_CALLBACK_URL, SUBENTRY_PERSON, SUBENTRY_RULE
from .people import Watcher, people_of
from .pws import Presence
from .redaction import Pseudonyms
from .runtime import CupConfigEntry, Runtime

SECRET = {CONF_PASSWORD, CONF_WEBHOOK_ID}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant,  # noqa: ARG001 (fixed by Home Assistant)
    entry: CupConfigEntry,
) -> dict[str, Any]:
    """Return what is known of an entry; people are told apart by pseudonyms."""
    told: dict[str, Any] = {
        "entry": {
            "state": entry.state.value,
            "reason": entry.reason,
            "version": f"{entry.version}.{entry.minor_version}",
            "data": async_redact_data(entry.data, SECRET),
            "options": _without_path(entry.options),
            "people": [dict(each.data) for each in entry.get_subentries_of_type(SUBENTRY_PERSON)],
            # What their conditions name is nobody's business.
            "rules": len(list(entry.get_subentries_of_type(SUBENTRY_RULE))),
        }
    }
    if entry.state is ConfigEntryState.LOADED:
        told["running"] = _running(entry.runtime_data)
    shown: dict[str, Any] = _pseudonyms_of(entry).hide(told)
    return shown


def _running(connection: Runtime) -> dict[str, Any]:
    coordinator = connection.coordinator
    last_notification = coordinator.last_notification
    return {
        "channel": coordinator.channel,
        "channel_history": [
            {
                "since": state.since.isoformat(),
                "channel": state.channel,
                "reachable": state.reachable,
            }
            for state in connection.channel_history.states
        ],
        "reachable": coordinator.reachable,
        "dialect": connection.client.dialect,
        "node": connection.client.node.address,
        "backup": connection.client.backup,
        "all_on_primary": connection.client.is_on_primary,
        "callback": _origin(connection.callback_url),
        "notifications": {
            "last": last_notification.isoformat() if last_notification else None,
            "received": connection.notifications.received,
            "forged": connection.notifications.forged,
            "ignored": connection.notifications.ignored,
        },
        "people": _people(connection),
        **_traffic(connection),
    }


def _people(connection: Runtime) -> dict[str, Any]:
    coordinator = connection.coordinator
    counts = dict.fromkeys((*Presence, "not_seen"), 0)
    for person in coordinator.people.values():
        seen = coordinator.presence_of(person.key)
        counts[seen.presence if seen else "not_seen"] += 1
    people = coordinator.people.values()
    return {
        "watched": len(people),
        "controlled": sum(person.controlled for person in people),
        "held": len(connection.reconciler.publishing_users),
        "logged_in": len(connection.client.logged_in_users),
        "by_presence": counts,
    }


def _traffic(connection: Runtime) -> dict[str, Any]:
    traffic = connection.client.traffic
    requests = defaultdict[str, dict[str, int]](dict)
    for (operation, result), count in sorted(traffic.counts.items()):
        requests[operation][result] = count
    fetches = traffic.fetches
    return {
        "requests": dict(requests),
        "fetch_seconds": {
            "count": fetches.count,
            "median": round(fetches.median, 4),
            "longest": round(fetches.longest, 4),
        }
        if fetches
        else None,
        "last_errors": [
            {
                "when": failure.when.isoformat(),
                "request": failure.operation,
                "sentence": failure.sentence,
            }
            for failure in traffic.failures
        ],
    }


def _pseudonyms_of(entry: CupConfigEntry) -> Pseudonyms:
    watcher = Watcher.of(entry.data)
    people: dict[str, tuple[str, ...]] = {
        f"person_{number}": (person.name, person.user, person.contact)
        for number, person in enumerate(people_of(entry).values(), 1)
    }
    people["watcher"] = (watcher.user, watcher.contact)
    people["application"] = (entry.data[CONF_APPLICATION_USER],)
    return Pseudonyms(people, [str(entry.data[key]) for key in SECRET])


def _without_path(options: Mapping[str, Any]) -> dict[str, Any]:
    if CONF_CALLBACK_URL not in options:
        return dict(options)
    return {**options, CONF_CALLBACK_URL: _origin(options[CONF_CALLBACK_URL])}


def _origin(url: str | None) -> str | None:
    """Return a callback's address without its path, which nobody may know."""
    return f"{URL(url).origin()}/{REDACTED}" if url else None

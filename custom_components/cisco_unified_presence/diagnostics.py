"""Diagnostics, without names, keys and passwords."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.redact import REDACTED, async_redact_data
from yarl import URL

from .const import (
    CONF_APPLICATION_USER,
    CONF_CALLBACK_URL,
    CONF_CONTACT_LIST_GROUP,
    SUBENTRY_GROUP,
    SUBENTRY_PERSON,
    SUBENTRY_RULE,
)
from .people import Watcher, people_of
from .pws import Presence
from .redaction import Pseudonyms
from .runtime import CupConfigEntry, Runtime
from .simulation import async_decisions_report

SECRET = {CONF_PASSWORD, CONF_WEBHOOK_ID}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: CupConfigEntry
) -> dict[str, Any]:
    """Return diagnostics of an entry, in which people have pseudonyms."""
    report: dict[str, Any] = {
        "entry": {
            "state": entry.state.value,
            "reason": entry.reason,
            "version": f"{entry.version}.{entry.minor_version}",
            "data": async_redact_data(entry.data, SECRET),
            "options": _without_private(entry.options),
            "people": [dict(each.data) for each in entry.get_subentries_of_type(SUBENTRY_PERSON)],
            # Their conditions name entities, which are private.
            "rules": len(list(entry.get_subentries_of_type(SUBENTRY_RULE))),
            "groups": len(list(entry.get_subentries_of_type(SUBENTRY_GROUP))),
        }
    }
    if entry.state is ConfigEntryState.LOADED:
        runtime = entry.runtime_data
        decided = await async_decisions_report(hass, entry.entry_id, runtime)
        report["running"] = {**_running(runtime), **decided}
    redacted: dict[str, Any] = _pseudonyms_of(entry).hide(report)
    return redacted


def _running(runtime: Runtime) -> dict[str, Any]:
    coordinator = runtime.coordinator
    last_notification = coordinator.last_notification
    return {
        "channel": coordinator.channel,
        "channel_history": [
            {
                "since": state.since.isoformat(),
                "channel": state.channel,
                "reachable": state.reachable,
            }
            for state in runtime.channel_history.states
        ],
        "reachable": coordinator.reachable,
        "dialect": runtime.client.dialect,
        "node": runtime.client.node.address,
        "backup": runtime.client.backup,
        "all_on_primary": runtime.client.is_on_primary,
        "callback": _origin(runtime.callback_url),
        "subscription": runtime.eventing.subscription_counts,
        "notifications": {
            "last": last_notification.isoformat() if last_notification else None,
            "received": runtime.notifications.received,
            "forged": runtime.notifications.forged,
            "ignored": runtime.notifications.ignored,
        },
        "people": _people(runtime),
        "never_seen": [person.contact for person in runtime.roster.never_seen.people],
        "contact_list": _contact_list(runtime),
        **_traffic(runtime),
    }


def _people(runtime: Runtime) -> dict[str, Any]:
    coordinator = runtime.coordinator
    counts = dict.fromkeys((*Presence, "not_seen"), 0)
    for person in coordinator.people.values():
        presence = coordinator.presence_of(person.key)
        counts[presence.presence if presence else "not_seen"] += 1
    people = coordinator.people.values()
    return {
        "watched": len(people),
        "controlled": sum(person.controlled for person in people),
        "held": len(runtime.reconciler.publishing_users),
        "logged_in": len(runtime.client.logged_in_users),
        "by_presence": counts,
    }


def _contact_list(runtime: Runtime) -> dict[str, Any]:
    sync, people = runtime.roster.contact_list, runtime.coordinator.people.values()
    health = sync.health
    return {
        "read": health.read_at.isoformat() if health.read_at else None,
        "failing_since": health.failing_since.isoformat() if health.failing_since else None,
        "failure": health.failure,
        "contacts": health.contacts,
        "tells_absence": health.tells_absence,
        "people": sum(person.is_from_list for person in people),
        "missing": {key: since.isoformat() for key, since in sync.record.missing.items()},
    }


def _traffic(runtime: Runtime) -> dict[str, Any]:
    traffic = runtime.client.traffic
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
        f"person_{number}": (
            person.name,
            person.user,
            person.contact,
            *filter(None, [person.told_name]),
        )
        for number, person in enumerate(people_of(entry).values(), 1)
    }
    people["watcher"] = (watcher.user, watcher.contact)
    people["application"] = (entry.data[CONF_APPLICATION_USER],)
    return Pseudonyms(people, [str(entry.data[key]) for key in SECRET])


def _without_private(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options without the path of the callback, and without the name of a group."""
    shown: dict[str, Any] = async_redact_data(options, {CONF_CONTACT_LIST_GROUP})
    if CONF_CALLBACK_URL in options:
        shown[CONF_CALLBACK_URL] = _origin(options[CONF_CALLBACK_URL])
    return shown


def _origin(url: str | None) -> str | None:
    """Return a callback's address without its path, which is secret."""
    return f"{URL(url).origin()}/{REDACTED}" if url else None

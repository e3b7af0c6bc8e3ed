"""What must be so: while trouble lasts, some time after it, and when everything is over."""

import asyncio
from collections.abc import Iterator
import gc
import json
from pathlib import Path

from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import ExtendedJSONEncoder

from cup_simulator.people import Person
from custom_components.cisco_unified_presence.const import DOMAIN, Channel
from custom_components.cisco_unified_presence.diagnostics import async_get_config_entry_diagnostics
from custom_components.cisco_unified_presence.people import contact_key
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.runtime import Runtime
from custom_components.cisco_unified_presence.states import STATES

from . import cast
from .house import House
from .log_watch import LogWatch
from .office import Office
from .people import People, Wish


def wrong_states(house: House, office: Office) -> Iterator[str]:
    """Return whose state is not the server's."""
    if not house.is_loaded:
        yield f"the entry is {house.entry.state if house.entry else 'not there'}"
        return
    for user in cast.EVERYBODY:
        state = house.running.states.get(cast.sensor_of(user))
        shows = state.state if state else None
        expected = STATES.get(Presence(office.shown(user)), "unknown")
        if shows != expected:
            yield f"{user} is shown as {shows}, and at the server as {expected}"


def wrong_wishes(house: House, office: Office, people: People) -> Iterator[str]:
    """Return for whom something else stands at the server than is wanted."""
    if not house.is_loaded or house.entry is None:
        return
    connection: Runtime = house.entry.runtime_data
    for user in cast.CONTROLLED:
        standing = _standing(office.simulator.deployment.people[user])
        wanted = people.wishes(user) if user in cast.OBEDIENT else {_decided(connection, user)}
        if standing not in wanted:
            yield f"for {user} {standing} stands at the server, and wanted is {wanted}"


def is_live(house: House) -> bool:
    """Tell whether the server calls when something changes."""
    if not house.is_loaded or house.entry is None:
        return False
    connection: Runtime = house.entry.runtime_data
    return connection.coordinator.channel is Channel.EVENTING


def needless_sessions(house: House, office: Office) -> Iterator[str]:
    """Return who is logged in at the server though nothing is held for them."""
    people = office.simulator.deployment.people
    for name, node in office.simulator.deployment.nodes.items():
        for session in node.service.sessions.end_users():
            if session.user != cast.WATCHER and people[session.user].override is None:
                yield f"{session.user} is logged in at {name} though nothing is held"
    if not house.is_loaded:
        return


def standing_issues(house: House) -> Iterator[str]:
    """Return which repair issues stand, as they must not when everything is well."""
    registry = ir.async_get(house.running)
    for issue in registry.issues.values():
        if issue.domain == DOMAIN and issue.active:
            yield f"the issue {issue.issue_id} stands: {issue.translation_placeholders}"


async def told_secrets(house: House, watch: LogWatch) -> list[str]:
    """Return where something secret is told: in diagnostics, issues and the log."""
    told = list(watch.search())
    if house.hass is None or house.entry is None:
        return told
    diagnostics = await async_get_config_entry_diagnostics(house.hass, house.entry)
    if cast.CALLBACK_SECRET in json.dumps(diagnostics, cls=ExtendedJSONEncoder):
        told.append("diagnostics tell where notifications come in")
    # They name the address that the server cannot call, for its administrator to try.
    issues = [
        (issue.issue_id, issue.data, issue.translation_placeholders)
        for issue in ir.async_get(house.hass).issues.values()
    ]
    for name, value in (("diagnostics", diagnostics), ("repair issues", issues)):
        text = json.dumps(value, cls=ExtendedJSONEncoder)
        told += [f"{name} tell a secret" for secret in watch.secrets if secret in text]
    return told


def left_at_the_server(office: Office) -> Iterator[str]:
    """Return what is left of us at the server, and on the way there."""
    for name, node in office.simulator.deployment.nodes.items():
        service = node.service
        yield from (f"{each.user} is left logged in at {name}" for each in service.sessions)
        yield from (f"endpoint {each.id} is left at {name}" for each in service.endpoints)
        yield from (f"subscription {each.id} is left at {name}" for each in service.subscriptions)
    for name, proxy in office.proxies.items():
        if proxy.connections:
            yield f"{proxy.connections} connections to {name} are left"


def left_tasks(before: set[asyncio.Task[object]]) -> Iterator[str]:
    """Return what still runs that did not before."""
    for task in asyncio.all_tasks() - before:
        yield f"the task {task.get_name()} is left: {task.get_coro()}"


def sockets() -> int:
    """Return how many sockets this process has."""
    gc.collect()
    return sum(1 for each in Path("/proc/self/fd").iterdir() if _is_socket(each))


def _is_socket(descriptor: Path) -> bool:
    try:
        return str(descriptor.readlink()).startswith("socket:")
    except OSError:
        # The one that listed the others is gone.
        return False


def _standing(person: Person) -> Wish | None:
    if person.override is None:
        return None
    status = person.override.device.status
    return Wish(status.presence, status.note or None)


def _decided(connection: Runtime, user: str) -> Wish | None:
    person = connection.coordinator.people[contact_key(cast.contact_of(user))]
    requested = connection.reconciler.decision_of(person).requested
    return Wish(requested.presence, requested.note) if requested else None

"""The invariants: during faults, some time after them, and at the end of a course."""

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
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.people import contact_key
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.runtime import Runtime
from custom_components.cisco_unified_presence.states import STATES

from . import scenario
from .home_assistant import RestartableHomeAssistant
from .log_watch import LogWatch
from .rules import RequestedPresence
from .server import RestartableServer
from .workday import Workday


def wrong_states(home: RestartableHomeAssistant, server: RestartableServer) -> Iterator[str]:
    """Yield the people whose state differs from the server's."""
    if not home.is_loaded:
        yield f"the entry is {home.entry.state if home.entry else 'missing'}"
        return
    for user in scenario.USERS:
        state = home.running.states.get(scenario.sensor_of(user))
        shows = state.state if state else None
        expected = _expected(server, user) if user in home.people else None
        if shows != expected:
            yield f"the state of {user} is {shows}, and at the server {expected}"


def _expected(server: RestartableServer, user: str) -> str:
    return STATES.get(Presence(server.shown(user)), "unknown")


def wrong_requested_presences(
    home: RestartableHomeAssistant, server: RestartableServer, workday: Workday
) -> Iterator[str]:
    """Yield the people for whom the server has something else than the requested presence."""
    if not home.is_loaded or home.entry is None:
        return
    runtime: Runtime = home.entry.runtime_data
    for user in scenario.CONTROLLED:
        published = published_for(server.simulator.deployment.people[user])
        requested = workday.requested_for(user)
        if published not in requested:
            yield f"the server has {published} for {user}, and requested is {requested}"
        if published != (decided := _decided(runtime, user)):
            yield f"the server has {published} for {user}, and decided is {decided}"


def is_live(home: RestartableHomeAssistant) -> bool:
    """Return whether changes arrive by notifications."""
    if not home.is_loaded or home.entry is None:
        return False
    runtime: Runtime = home.entry.runtime_data
    return runtime.coordinator.channel is Channel.EVENTING


def needless_sessions(home: RestartableHomeAssistant, server: RestartableServer) -> Iterator[str]:
    """Yield the people who are logged in though no presence is set for them."""
    people = server.simulator.deployment.people
    for name, node in server.simulator.deployment.nodes.items():
        for session in node.service.sessions.end_users():
            if session.user != scenario.WATCHER and people[session.user].override is None:
                yield f"{session.user} is logged in at {name} though no presence is set"


def standing_issues(home: RestartableHomeAssistant, *, sessions_were_lost: bool) -> Iterator[str]:
    """Yield the active repair issues; when all is well there is none.

    That something stored was lost is left to a person to confirm, and so is that the server has
    ended all sessions unasked. A rule that is added has the room of another one, and beats it.
    """
    left_to_people = ["_lost", "rule_never_wins"]
    if sessions_were_lost:
        left_to_people.append(Issue.ACCOUNT_SHARED)
    registry = ir.async_get(home.running)
    for issue in registry.issues.values():
        if any(each in issue.issue_id for each in left_to_people):
            continue
        if issue.domain == DOMAIN and issue.active:
            yield f"the issue {issue.issue_id} is active: {issue.translation_placeholders}"


async def disclosed_secrets(home: RestartableHomeAssistant, watch: LogWatch) -> list[str]:
    """Return where a secret appears: in diagnostics, issues or the log."""
    found = list(watch.search())
    if home.hass is None or home.entry is None:
        return found
    diagnostics = await async_get_config_entry_diagnostics(home.hass, home.entry)
    if scenario.CALLBACK_SECRET in json.dumps(diagnostics, cls=ExtendedJSONEncoder):
        found.append("the diagnostics contain the secret of the callback")
    # Issues name the address of the callback, for the administrator to try.
    issues = [
        (issue.issue_id, issue.data, issue.translation_placeholders)
        for issue in ir.async_get(home.hass).issues.values()
    ]
    for name, value in (("diagnostics", diagnostics), ("repair issues", issues)):
        text = json.dumps(value, cls=ExtendedJSONEncoder)
        found += [f"the {name} contain a secret" for secret in watch.secrets if secret in text]
    return found


def left_at_the_server(server: RestartableServer, *, nodes_were_forgotten: bool) -> Iterator[str]:
    """Yield what the integration has left at the server and in the proxies.

    A node that redirects logins ends a session by its key alone. Where the record of the keys was
    damaged, the application user, who is no person, may stay logged in at another node.
    """
    first = next(iter(server.simulator.deployment.nodes))
    for person in server.simulator.deployment.people:
        if person.override is not None:
            yield f"{published_for(person)} is left for {person.user}"
    for name, node in server.simulator.deployment.nodes.items():
        service = node.service
        spared = {scenario.APPLICATION} if nodes_were_forgotten and name != first else set()
        left = {each.user for each in service.sessions} - spared
        yield from (f"{user} is left logged in at {name}" for user in sorted(left))
        yield from (f"endpoint {each.id} is left at {name}" for each in service.endpoints)
        yield from (f"subscription {each.id} is left at {name}" for each in service.subscriptions)
    for name, proxy in server.proxies.items():
        if proxy.connections:
            yield f"{proxy.connections} connections to {name} are left"


def left_by_removed_people(
    home: RestartableHomeAssistant, server: RestartableServer
) -> Iterator[str]:
    """Yield what the integration has left at the server for people who were removed."""
    deployment = server.simulator.deployment
    for user in set(scenario.CONTROLLED) - home.people:
        if deployment.people[user].override is not None or deployment.is_logged_in(user):
            yield f"{user} was removed, and is left published or logged in"


def left_tasks(before: set[asyncio.Task[object]]) -> Iterator[str]:
    """Yield the tasks that did not run before."""
    for task in asyncio.all_tasks() - before:
        yield f"the task {task.get_name()} is left: {task.get_coro()}"


def sockets() -> int:
    """Return the number of open sockets of this process."""
    gc.collect()
    return sum(1 for each in Path("/proc/self/fd").iterdir() if _is_socket(each))


def _is_socket(descriptor: Path) -> bool:
    try:
        return str(descriptor.readlink()).startswith("socket:")
    except OSError:
        # The descriptor that listed the folder is closed.
        return False


def published_for(person: Person) -> RequestedPresence | None:
    """Return what was set through the service for a person, None for nothing."""
    if person.override is None:
        return None
    status = person.override.device.status
    return RequestedPresence(status.presence, status.note or None)


def _decided(runtime: Runtime, user: str) -> RequestedPresence | None:
    person = runtime.coordinator.people.get(contact_key(scenario.contact_of(user)))
    if person is None:
        return None
    requested = runtime.reconciler.decision_of(person).requested
    return RequestedPresence(requested.presence, requested.note) if requested else None

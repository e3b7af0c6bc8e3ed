"""The process that is killed: a real Home Assistant core on the real clock.

It takes a line of JSON for each act and answers with one when the act is done or has failed.
"""

import asyncio
import json
import logging
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant import bootstrap, loader
from homeassistant.auth import auth_manager_from_config
from homeassistant.config_entries import (
    ConfigEntries,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.const import ATTR_RESTORED
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

import custom_components  # noqa: F401 (Home Assistant looks integrations up in it)
from custom_components.cisco_unified_presence.const import DOMAIN, SUBENTRY_GROUP, SUBENTRY_PERSON

from .acts import OF_ENTRY, OF_PEOPLE, Act, Kind
from .installation import ROOMS, configuration, group_data, new_entry, person


async def run(
    folder: Path,
    rooms: dict[str, bool],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """Run until killed, or until the input ends."""
    logging.basicConfig(level=logging.WARNING)
    hass = await _start(folder, rooms)
    _answer(writer, ready=_people(hass))
    tasks = set[asyncio.Task[None]]()
    while line := await reader.readline():
        told = json.loads(line)
        act = _act(hass, writer, told["number"], Act.from_json(told["act"]))
        task = asyncio.create_task(act)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await hass.async_stop(force=True)


async def _start(folder: Path, rooms: dict[str, bool]) -> HomeAssistant:
    """Start Home Assistant with what an earlier run has stored."""
    hass = HomeAssistant(str(folder))
    hass.config.skip_pip = True
    hass.config_entries = ConfigEntries(hass, configuration())
    loader.async_setup(hass)
    await bootstrap.async_load_base_functionality(hass)
    hass.auth = await auth_manager_from_config(hass, [], [])
    assert await async_setup_component(hass, "webhook", {})
    for name, occupied in rooms.items():
        hass.states.async_set(ROOMS[name], "on" if occupied else "off")
    assert await async_setup_component(hass, DOMAIN, configuration())
    await hass.async_start()
    return hass


async def _act(hass: HomeAssistant, writer: asyncio.StreamWriter, number: int, act: Act) -> None:
    if act.kind is Kind.ASK:
        _answer(writer, number=number, requested=_requested(hass))
        return
    try:
        await _carry_out(hass, act)
    except HomeAssistantError as error:
        _answer(writer, number=number, failed=str(error))
    else:
        _answer(writer, number=number)


async def _carry_out(hass: HomeAssistant, act: Act) -> None:
    if act.kind in OF_ENTRY:
        await _change_entry(hass, act)
    elif act.kind in OF_PEOPLE:
        _change_people(hass, act)
    elif act.kind in {Kind.ENTER, Kind.LEAVE}:
        hass.states.async_set(ROOMS[act.subject], "on" if act.kind is Kind.ENTER else "off")
    else:
        domain, service, name, data = _action(act)
        await _call(hass, domain, service, name, data)


def _action(act: Act) -> tuple[str, str, str, dict[str, Any]]:
    """Return the domain of an action, its name, the entity and the other data."""
    person, rule = act.subject, f"rule_{act.subject.lower()}"
    lasts = {"duration": {"seconds": act.lasts}} if act.lasts else {}
    actions: dict[Kind, tuple[str, str, str, dict[str, Any]]] = {
        Kind.SET: (DOMAIN, "set_presence", _sensor(person), {"presence": act.word, **lasts}),
        Kind.CLEAR: (DOMAIN, "clear_presence", _sensor(person), {}),
        Kind.PAUSE: (DOMAIN, "pause_rules", _sensor(person), lasts),
        Kind.RESUME: (DOMAIN, "resume_rules", _sensor(person), {}),
        Kind.SELECT: (
            *("select", "select_option", f"select.{person}_set_presence"),
            {"option": act.word},
        ),
        Kind.WRITE_NOTE: ("text", "set_value", _text(person), {"value": act.word}),
        Kind.CLEAR_NOTE: ("text", "set_value", _text(person), {"value": ""}),
        Kind.FOLLOW_ON: ("switch", "turn_on", _follows(person), {}),
        Kind.FOLLOW_OFF: ("switch", "turn_off", _follows(person), {}),
        Kind.SWITCH_ON: ("switch", "turn_on", rule, {}),
        Kind.SWITCH_OFF: ("switch", "turn_off", rule, {}),
    }
    return actions[act.kind]


def _sensor(user: str) -> str:
    return f"sensor.{user}_presence"


def _text(user: str) -> str:
    return f"text.{user}_status_message"


def _follows(user: str) -> str:
    return f"switch.{user}_follow_rules"


async def _change_entry(hass: HomeAssistant, act: Act) -> None:
    if act.kind is Kind.ADD_ENTRY:
        await hass.config_entries.async_add(new_entry(int(act.subject), act.word))
        return
    entry = _entry(hass)
    if entry is None:
        return
    match act.kind:
        case Kind.OPTIONS:
            options = {**entry.options, "poll_interval": int(act.word)}
            hass.config_entries.async_update_entry(entry, options=options)
        case Kind.MEMBERS:
            group = next(iter(entry.get_subentries_of_type(SUBENTRY_GROUP)))
            data = group_data(act.word.split())
            hass.config_entries.async_update_subentry(entry, group, data=data)
        case Kind.RELOAD:
            await hass.config_entries.async_reload(entry.entry_id)
        case Kind.REMOVE_ENTRY:
            await hass.config_entries.async_remove(entry.entry_id)


def _change_people(hass: HomeAssistant, act: Act) -> None:
    if act.kind is Kind.ADD_PERSON:
        _add(hass, act.subject)
    else:
        _remove(hass, act.subject)


async def _call(
    hass: HomeAssistant, domain: str, service: str, name: str, data: dict[str, Any]
) -> None:
    """Call an action for an entity, or for the switch of the rule with this unique id."""
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id("switch", DOMAIN, name) or name
    state = hass.states.get(entity_id)
    if state is None or state.attributes.get(ATTR_RESTORED):
        # Home Assistant calls actions of entities that are not there with success.
        raise HomeAssistantError(f"{entity_id} does not exist yet")
    target = {"entity_id": entity_id}
    await hass.services.async_call(domain, service, {**target, **data}, blocking=True)


def _remove(hass: HomeAssistant, user: str) -> None:
    entry = _entry(hass)
    assert entry is not None
    for subentry in entry.subentries.values():
        if subentry.unique_id == person(user)["unique_id"]:
            hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
            return


def _add(hass: HomeAssistant, user: str) -> None:
    entry = _entry(hass)
    assert entry is not None
    added = person(user)
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(added["data"]),
            subentry_type=added["subentry_type"],
            title=added["title"],
            unique_id=added["unique_id"],
        ),
    )


def _entry(hass: HomeAssistant) -> ConfigEntry | None:
    return next(iter(hass.config_entries.async_entries(DOMAIN)), None)


def _people(hass: HomeAssistant) -> dict[str, Any]:
    entry = _entry(hass)
    if entry is None:
        return {"loaded": False, "people": [], "members": []}
    people = entry.get_subentries_of_type(SUBENTRY_PERSON)
    groups = entry.get_subentries_of_type(SUBENTRY_GROUP)
    return {
        "loaded": entry.state is ConfigEntryState.LOADED,
        "people": sorted(each.data["user"] for each in people),
        "members": [user for each in groups for user in each.data["people"]],
    }


def _requested(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is requested for each person of the entry, as a presence and a note."""
    entry = _entry(hass)
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return {}
    reconciler, people = entry.runtime_data.reconciler, entry.runtime_data.coordinator.people
    decided = {each.user: reconciler.decision_of(each).requested for each in people.values()}
    return {
        user: [requested.presence.value, requested.note or ""] if requested else None
        for user, requested in decided.items()
    }


def _answer(writer: asyncio.StreamWriter, **content: Any) -> None:
    writer.write(json.dumps(content).encode() + b"\n")

"""The process that is killed: a real Home Assistant core on the real clock.

It takes a line of JSON for each act and answers with one when the act is done or has failed.
"""

import asyncio
import json
import logging
from pathlib import Path
import sys
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
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

import custom_components  # noqa: F401 (Home Assistant looks integrations up in it)
from custom_components.cisco_unified_presence.const import DOMAIN

from .acts import Act, Kind
from .installation import ROOMS, configuration, new_entry, person


async def main(arguments: list[str]) -> None:
    """Run until killed, or until the input ends."""
    folder, order = Path(arguments[0]), json.loads(arguments[1])
    hass = await _start(folder, order)
    _answer(ready=_people(hass))
    reader = asyncio.StreamReader()
    await hass.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks = set[asyncio.Task[None]]()
    while line := await reader.readline():
        told = json.loads(line)
        task = asyncio.create_task(_act(hass, told["number"], Act.from_json(told["act"])))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await hass.async_stop(force=True)


async def _start(folder: Path, order: dict[str, Any]) -> HomeAssistant:
    """Start Home Assistant with what an earlier run has stored."""
    hass = HomeAssistant(str(folder))
    hass.config.skip_pip = True
    hass.config_entries = ConfigEntries(hass, configuration())
    loader.async_setup(hass)
    await bootstrap.async_load_base_functionality(hass)
    hass.auth = await auth_manager_from_config(hass, [], [])
    assert await async_setup_component(hass, "webhook", {})
    for name, occupied in order["rooms"].items():
        hass.states.async_set(ROOMS[name], "on" if occupied else "off")
    assert await async_setup_component(hass, DOMAIN, configuration())
    await hass.async_start()
    return hass


async def _act(hass: HomeAssistant, number: int, act: Act) -> None:
    try:
        await _carry_out(hass, act)
    except HomeAssistantError as error:
        _answer(number=number, failed=str(error))
    else:
        _answer(number=number)


async def _carry_out(hass: HomeAssistant, act: Act) -> None:
    match act.kind:
        case Kind.SET:
            duration = {"duration": {"seconds": act.lasts}} if act.lasts else {}
            await _call_for(hass, act, "set_presence", presence=act.word, **duration)
        case Kind.CLEAR:
            await _call_for(hass, act, "clear_presence")
        case Kind.ENTER | Kind.LEAVE:
            hass.states.async_set(ROOMS[act.subject], "on" if act.kind is Kind.ENTER else "off")
        case Kind.SWITCH_ON | Kind.SWITCH_OFF:
            service = "turn_on" if act.kind is Kind.SWITCH_ON else "turn_off"
            target = {"entity_id": _switch_of(hass, act.subject)}
            await hass.services.async_call("switch", service, target, blocking=True)
        case Kind.REMOVE_PERSON:
            _remove(hass, act.subject)
        case Kind.ADD_PERSON:
            _add(hass, act.subject)
        case Kind.ADD_ENTRY:
            await hass.config_entries.async_add(new_entry(int(act.subject), act.word))
        case Kind.REMOVE_ENTRY:
            entry = _entry(hass)
            if entry is not None:
                await hass.config_entries.async_remove(entry.entry_id)


async def _call_for(hass: HomeAssistant, act: Act, service: str, **data: Any) -> None:
    target = {"entity_id": f"sensor.{act.subject}_presence"}
    await hass.services.async_call(DOMAIN, service, {**target, **data}, blocking=True)


def _switch_of(hass: HomeAssistant, rule: str) -> str:
    registry = er.async_get(hass)
    for each in registry.entities.values():
        is_ours = each.platform == DOMAIN and each.domain == "switch"
        if is_ours and each.unique_id.startswith(rule.lower()):
            return each.entity_id
    raise HomeAssistantError(f"{rule} has no switch yet")


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
    contacts = {each.data["contact"] for each in entry.subentries.values()} if entry else set()
    return {
        "loaded": entry is not None and entry.state is ConfigEntryState.LOADED,
        "people": sorted(contact.partition("@")[0] for contact in contacts),
    }


def _answer(**content: Any) -> None:
    print(json.dumps(content), flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(sys.argv[1:]))

"""Configures the integration by its forms, as a user would."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from .interfaces import FLOW, Flow, HomeAssistantApi
from .processes import Ports

DOMAIN = "cisco_unified_presence"
WATCHER = "watcher"
CONTROLLED = ("anna", "ben", "clara", "david", "emma")
HOTLINE = ("anna", "ben", "felix")
IN_THE_ROOM = ("Anna Lindqvist", "Clara Moreau")
# The areas of people's devices.
ROOMS = {"Studio": ("ben", "clara"), "Reception": ("anna", "felix")}
# Left for the form to offer.
LATER = "greta"
RELOAD_SECONDS = 30


async def configure(api: HomeAssistantApi, configuration: Path, ports: Ports) -> None:
    """Add the server, and the people of its configuration."""
    text = configuration.read_text()  # noqa: ASYNC240 (nothing else runs yet)
    settings = yaml.safe_load(text)
    entry_id = await _add_server(api, settings, ports)
    await _hasten(api, entry_id)
    await _wait_until_loaded(api)
    people = {user: person["name"] for user, person in settings["people"].items()}
    del people[WATCHER]
    people.pop(LATER, None)
    if ports.offers_contact_list:
        await _pick_people(api, entry_id, [f"{user}@{settings['domain']}" for user in people])
    else:
        await _add_people(api, entry_id, people)


async def _add_server(api: HomeAssistantApi, settings: dict[str, Any], ports: Ports) -> str:
    [(account, details)] = settings["application_users"].items()
    flow = await Flow(api, f"{FLOW}/flow").start(DOMAIN)
    await flow.fill_in(
        "user",
        host="127.0.0.1",
        security="https",
        port=ports.https,
        application_user=account,
        password=details["password"],
    )
    await flow.fill_in("certificate")
    await flow.fill_in("watcher", watcher=WATCHER, presence_domain=settings["domain"])
    return str(flow.result["result"]["entry_id"])


async def _hasten(api: HomeAssistantApi, entry_id: str) -> None:
    """Shorten the polling intervals, so that the demo shows in seconds what takes a minute."""
    flow = await Flow(api, f"{FLOW}/options/flow").start(entry_id)
    await flow.fill_in(
        "init",
        callback="automatic",
        callback_port=8080,
        poll_interval=5,
        look_interval=60,
        rich_presence=True,
    )


async def _wait_until_loaded(api: HomeAssistantApi) -> None:
    """Wait until the entry is reloaded with the options."""
    async with asyncio.timeout(RELOAD_SECONDS):
        while True:
            [entry] = await api.get(f"{FLOW}/entry?domain={DOMAIN}")
            if entry["state"] == "loaded":
                return
            await asyncio.sleep(0.1)


async def _add_people(api: HomeAssistantApi, entry_id: str, people: dict[str, str]) -> None:
    for controlled in (True, False):
        lines = [
            f"{user}, {name}" for user, name in people.items() if (user in CONTROLLED) is controlled
        ]
        if not lines:
            continue
        flow = await Flow(api, f"{FLOW}/subentries/flow").start([entry_id, "person"])
        await flow.fill_in("user", people="\n".join(lines), controlled=controlled)


async def _pick_people(api: HomeAssistantApi, entry_id: str, contacts: list[str]) -> None:
    """Pick people from the watcher's contact list, whose certificate is trusted first."""
    flow = await Flow(api, f"{FLOW}/subentries/flow").start([entry_id, "person"])
    await flow.fill_in("contacts_not_trusted", show_certificate=True, controlled=False)
    await flow.fill_in("certificate")
    controlled = [each for each in contacts if each.partition("@")[0] in CONTROLLED]
    await flow.fill_in("contacts", contacts=controlled, controlled=True)
    flow = await Flow(api, f"{FLOW}/subentries/flow").start([entry_id, "person"])
    others = [each for each in contacts if each not in controlled]
    await flow.fill_in("contacts", contacts=others, controlled=False)


async def furnish(api: HomeAssistantApi) -> None:
    """Add what makes it an office: rooms, a group, a calendar, and a rule made in the interface."""
    [entry] = await api.get(f"{FLOW}/entry?domain={DOMAIN}")
    people = await _people_by_user(api)
    await _add_rooms(api, people)
    await _add_calendar(api)
    flow = await Flow(api, f"{FLOW}/subentries/flow").start([entry["entry_id"], "group"])
    sensors = [people[user]["presence_entity"] for user in HOTLINE if user in people]
    await flow.fill_in("user", name="Hotline", people={"entity_id": sensors})
    await _add_rule(api, entry["entry_id"])


async def _people_by_user(api: HomeAssistantApi) -> dict[str, dict[str, Any]]:
    """Return the people as the board is told of them."""
    first = await api.command(f"{DOMAIN}/people/subscribe")
    return {each["contact"].partition("@")[0]: each for each in first["people"]}


async def _add_rooms(api: HomeAssistantApi, people: dict[str, dict[str, Any]]) -> None:
    for name, users in ROOMS.items():
        area = await api.command("config/area_registry/create", name=name)
        for device_id in [people[user]["device_id"] for user in users if user in people]:
            await api.command(
                "config/device_registry/update", device_id=device_id, area_id=area["area_id"]
            )


async def _add_calendar(api: HomeAssistantApi) -> None:
    """Add a calendar that says that Emma is on vacation, and when the team meets."""
    flow = await Flow(api, f"{FLOW}/flow").start("local_calendar")
    await flow.fill_in("user", calendar_name="Team", **{"import": "create_empty"})
    today = datetime.now(UTC).date()
    await api.act(
        "calendar.create_event",
        entity_id="calendar.team",
        summary="Emma on vacation",
        start_date=str(today - timedelta(days=3)),
        end_date=str(today + timedelta(days=4)),
    )


async def _add_rule(api: HomeAssistantApi, entry_id: str) -> None:
    """Make the rule of the meeting room in the form."""
    flow = await Flow(api, f"{FLOW}/subentries/flow").start([entry_id, "rule"])
    occupied = {
        "alias": "The meeting room is occupied",
        "condition": "state",
        "entity_id": "input_boolean.meeting_room",
        "state": "on",
    }
    await flow.fill_in(
        "rule",
        name="Meeting room",
        people=[flow.choice("people", name) for name in IN_THE_ROOM],
        when=[occupied],
        presence="busy",
        note="In the meeting room",
        advanced={"hold": {"seconds": 3}, "at_most": {"hours": 3}},
    )
    await flow.fill_in("preview", next_step_id="save")

"""The demo's story, told and checked through public interfaces."""

from datetime import UTC, datetime, timedelta
from typing import Any, override
from urllib.parse import quote

from .configuring import DOMAIN, HOTLINE
from .interfaces import FLOW, Flow
from .telling import Telling

ANNA = "sensor.anna_lindqvist_presence"
BEN = "sensor.ben_okafor_presence"
CLARA = "sensor.clara_moreau_presence"
ANNAS_SOURCE = f"{ANNA}_source"
BENS_SOURCE = f"{BEN}_source"
EMMAS_SOURCE = "sensor.emma_rossi_presence_source"
CLARAS_SOURCE = f"{CLARA}_source"
BENS_SELECT = "select.ben_okafor_set_presence"
CHANNEL = "sensor.example_com_update_channel"
GRETA = "sensor.greta_nilsson_presence"
LAMP = "light.lamp"
ON_AIR = "input_boolean.on_air"
ROOM = "input_boolean.meeting_room"

MODULE = f"/{DOMAIN}/presence-board.js"
BLUEPRINTS = 3
MEETING_ROOM = "Meeting room"
RULES = {MEETING_ROOM, "On air", "Lunch", "Holidays", "Closing time"}
# Of a demo that has no past.
LATEST_STATES = 5
PURPLE = [160, 0, 255]

FIRST_PICTURE = {
    ANNA: "available",
    BEN: "available",
    CLARA: "busy",
    "sensor.david_weiss_presence": "away",
    "sensor.emma_rossi_presence": "vacation",
    "sensor.felix_de_vries_presence": "busy",
    "sensor.hana_sato_presence": "offline",
}


class Story(Telling):
    """The story of one server."""

    @override
    async def tell(self) -> None:
        await self._all_people_are_shown()
        await self._the_board_has_them_all()
        await self._the_calendar_has_emma_on_vacation()
        await self._what_is_there_can_be_edited()
        await self._the_meeting_room_makes_anna_busy()
        await self._the_recording_beats_the_meeting()
        await self._clara_overrules_the_rule()
        await self._ben_is_set_manually_and_released()
        await self._the_server_restarts()
        await self._the_meeting_is_over()
        await self._notifications_are_cut_and_come_back()
        if self._stage.ports.offers_contact_list:
            await self._greta_is_picked_from_the_contact_list()

    async def _all_people_are_shown(self) -> None:
        async def all_right() -> bool:
            states = {entity: await self._hass.state(entity) for entity in FIRST_PICTURE}
            return states == FIRST_PICTURE

        await self._see("the presence of all people is shown", all_right, within=20)
        await self._see_state("changes come by eventing", CHANNEL, "eventing", within=20)

    async def _the_board_has_them_all(self) -> None:
        page = await self._hass.text("/")
        _, found, rest = page.partition(MODULE)
        module = await self._hass.text(found + rest.partition('"')[0]) if found else ""

        async def is_served() -> bool:
            return "presence-board" in module

        async def is_live() -> bool:
            first = await self._hass.command(f"{DOMAIN}/people/subscribe")
            [server], [group] = first["servers"], first["groups"]
            everyone = {each["presence_entity"] for each in first["people"]}
            is_whole = everyone == {*FIRST_PICTURE} and len(group["members"]) == len(HOTLINE)
            return bool(is_whole and server["state"] == "live")

        async def has_rules() -> bool:
            rules = (await self._hass.command(f"{DOMAIN}/rules/subscribe"))["rules"]
            return {each["name"] for each in rules} == RULES

        async def has_a_past() -> bool:
            since = (datetime.now(UTC) - timedelta(hours=12)).isoformat()
            path = f"/api/history/period/{quote(since)}?filter_entity_id={ANNA}"
            [states] = await self._hass.get(path)
            return len(states) > LATEST_STATES

        await self._see("pages load the board's module", is_served)
        await self._see("the board is live and shows all people and the group", is_live)
        await self._see("... and the rules, made in YAML and in the interface", has_rules)

        async def has_a_future() -> bool:
            contact = "david@example.com"
            week = await self._hass.command(f"{DOMAIN}/forecast", person=contact, hours=168)
            return any("Closing time" in str(each) for each in week["people"][contact]["changes"])

        await self._see("... and what was today", has_a_past)
        await self._see("... and what is to come, by the opening hours", has_a_future)

    async def _the_calendar_has_emma_on_vacation(self) -> None:
        await self._see_attribute("Emma's calendar decides", EMMAS_SOURCE, rule="Holidays")

    async def _what_is_there_can_be_edited(self) -> None:
        async def are_listed() -> bool:
            blueprints = await self._hass.command("blueprint/list", domain="automation")
            return len([each for each in blueprints if each.startswith(DOMAIN)]) == BLUEPRINTS

        async def is_editable() -> bool:
            lamp = await self._hass.get("/api/config/automation/config/lamp")
            return bool(lamp["use_blueprint"])

        await self._see("the blueprints are listed", are_listed)
        await self._see("the automation of the lamp can be edited", is_editable)

    async def _the_meeting_room_makes_anna_busy(self) -> None:
        await self._hass.act("input_boolean.turn_on", entity_id=ROOM)
        await self._see_word("room occupied: the CUP side shows Anna as Busy", "anna", "BUSY")
        await self._see_state("... and so does the dashboard", ANNA, "busy")
        await self._see_state("... which says that a rule decided", ANNAS_SOURCE, "rule")
        await self._see_attribute("... namely this one", ANNAS_SOURCE, rule=MEETING_ROOM)

    async def _the_recording_beats_the_meeting(self) -> None:
        await self._hass.act("input_boolean.turn_on", entity_id=ON_AIR)
        await self._see_word("on air: Anna is not to be disturbed, above all", "anna", "DND")
        await self._see_attribute("... by the rule that won", ANNAS_SOURCE, rule="On air")
        await self._see_word("... and Ben neither", "ben", "DND")

        async def is_purple() -> bool:
            lamp = await self._hass.entity(LAMP)
            return bool(lamp["state"] == "on" and lamp["attributes"]["rgb_color"] == PURPLE)

        await self._see("... so the lamp at his door is purple", is_purple)
        await self._hass.act("input_boolean.turn_off", entity_id=ON_AIR)
        await self._see_word("off air: Anna is in the meeting still", "anna", "BUSY")
        await self._see_word("... and Ben is Available", "ben", "AVAILABLE")
        await self._see_state("... the lamp is off", LAMP, "off")

    async def _clara_overrules_the_rule(self) -> None:
        await self._see_attribute("the rule is about Clara too", CLARAS_SOURCE, rule=MEETING_ROOM)
        await self._cup.choose("clara", "AVAILABLE")
        await self._see_attribute(
            "Clara says Available in Jabber: the rule is overruled", CLARAS_SOURCE, set_aside=True
        )
        await self._see_state("... and she stays Available", CLARA, "available")

        async def is_remembered() -> bool:
            contact = "clara@example.com"
            told = await self._hass.command(f"{DOMAIN}/decisions", person=contact)
            return bool(told["people"][contact]["decisions"][0]["set_aside"])

        await self._see("... and the board tells it with its cause", is_remembered)
        await self._see_word("... while it holds for Anna", "anna", "BUSY")
        await self._hass.act("cisco_unified_presence.clear_presence", entity_id=CLARA)
        await self._see_word("Clara is resumed: she is Busy", "clara", "BUSY")
        await self._see_attribute("... by the rule", CLARAS_SOURCE, set_aside=False)

    async def _ben_is_set_manually_and_released(self) -> None:
        await self._hass.act("select.select_option", entity_id=BENS_SELECT, option="vacation")
        await self._see_word("Ben is set on vacation on the dashboard", "ben", "VACATION")
        await self._see_state("... which says so", BENS_SOURCE, "manual")
        await self._hass.act("select.select_option", entity_id=BENS_SELECT, option="automatic")
        await self._see_word("Ben is automatic: his own devices speak", "ben", "AVAILABLE")
        await self._see_state("... and no rule", BENS_SOURCE, "own")

    async def _the_server_restarts(self) -> None:
        await self._cup.choose("ben", "DND")
        await self._see_state("Ben sets Do Not Disturb in Jabber", BEN, "do_not_disturb")
        await self._stage.restart_server()
        await self._see_word("server restarted: Anna is set Busy again", "anna", "BUSY", within=60)
        await self._see_state("... and Ben's own word is back", BEN, "available", within=60)
        await self._see_state("... by eventing", CHANNEL, "eventing", within=60)
        await self._cup.choose("ben", "AWAY")
        await self._see_state("... which is live", BEN, "away")

    async def _the_meeting_is_over(self) -> None:
        await self._hass.act("input_boolean.turn_off", entity_id=ROOM)
        await self._see_word("room empty: Anna is Available again", "anna", "AVAILABLE")
        await self._see_state("... on the dashboard too", ANNA, "available")
        await self._see_state("... by herself", ANNAS_SOURCE, "own")

    async def _notifications_are_cut_and_come_back(self) -> None:
        await self._cup.inject("drop_notifications")
        await self._cup.choose("ben", "BUSY")
        await self._see_state("notifications cut: the change still arrives", BEN, "busy", within=30)
        await self._see_state("... polling has taken over", CHANNEL, "polling", within=30)
        await self._cup.heal()
        await self._cup.choose("ben", "AVAILABLE")
        await self._see_state("notifications restored", BEN, "available", within=30)
        await self._see_state("... eventing is back", CHANNEL, "eventing", within=60)

    async def _greta_is_picked_from_the_contact_list(self) -> None:
        [entry] = await self._hass.get(f"{FLOW}/entry?domain={DOMAIN}")
        flow = await Flow(self._hass, f"{FLOW}/subentries/flow").start(
            [entry["entry_id"], "person"]
        )
        offered = [each for field in flow.result["data_schema"] for each in _options_of(field)]

        async def is_greta() -> bool:
            return offered == ["greta (Music)"]

        await self._see("the contact list offers who is not there yet", is_greta)
        await flow.fill_in("contacts", contacts=["greta@example.com"], controlled=False)
        await self._see_state("Greta is picked, and shown by the server's name", GRETA, "busy")


def _options_of(field: dict[str, Any]) -> list[str]:
    """Return the labels of the choices that a field of a form offers."""
    choices = field.get("selector", {}).get("select", {}).get("options", [])
    return [each["label"] for each in choices]

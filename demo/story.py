"""What the demo shows, told and checked through the public interfaces only."""

from typing import override

from .telling import Telling

ANNA = "sensor.anna_lindqvist_presence"
BEN = "sensor.ben_okafor_presence"
CHANNEL = "sensor.127_0_0_1_update_channel"
LAMP = "light.lamp"
ROOM = "input_boolean.meeting_room"

FIRST_PICTURE = {
    ANNA: "available",
    BEN: "available",
    "sensor.clara_moreau_presence": "busy",
    "sensor.david_weiss_presence": "away",
    "sensor.emma_rossi_presence": "vacation",
    "sensor.felix_de_vries_presence": "offline",
}


class Story(Telling):
    """The demo's own story."""

    @override
    async def tell(self) -> None:
        await self._everybody_is_shown()
        await self._the_meeting_room_makes_anna_busy()
        await self._bens_do_not_disturb_turns_the_lamp_red()
        await self._the_server_restarts()
        await self._notifications_are_cut_and_come_back()

    async def _everybody_is_shown(self) -> None:
        async def all_right() -> bool:
            states = {entity: await self._hass.state(entity) for entity in FIRST_PICTURE}
            return states == FIRST_PICTURE

        await self._see("everybody's presence is shown", all_right, within=20)
        await self._see_state("changes come by eventing", CHANNEL, "eventing", within=20)

    async def _the_meeting_room_makes_anna_busy(self) -> None:
        await self._hass.act("input_boolean.turn_on", entity_id=ROOM)
        await self._see_word("room occupied: the CUP side shows Anna as Busy", "anna", "BUSY")
        await self._see_state("... and so does the dashboard", ANNA, "busy")
        await self._hass.act("input_boolean.turn_off", entity_id=ROOM)
        await self._see_word("room empty: Anna is Available again", "anna", "AVAILABLE")
        await self._see_state("... on the dashboard too", ANNA, "available")

    async def _bens_do_not_disturb_turns_the_lamp_red(self) -> None:
        await self._cup.choose("ben", "DND")
        await self._see_state("Ben sets Do Not Disturb in Jabber", BEN, "do_not_disturb")

        async def is_red() -> bool:
            lamp = await self._hass.entity(LAMP)
            is_on: bool = lamp["state"] == "on"
            return is_on and lamp["attributes"]["rgb_color"] == [255, 0, 0]

        await self._see("... and the lamp is red", is_red)
        await self._cup.choose("ben", "AVAILABLE")
        await self._see_state("Ben is Available: the lamp is off", LAMP, "off")

    async def _the_server_restarts(self) -> None:
        await self._hass.act("input_boolean.turn_on", entity_id=ROOM)
        await self._see_word("room occupied once more", "anna", "BUSY")
        await self._cup.choose("ben", "DND")
        await self._see_state("Ben is not to be disturbed", BEN, "do_not_disturb")
        await self._stage.restart_server()
        await self._see_word("server restarted: Anna is held Busy anew", "anna", "BUSY", within=60)
        await self._see_state("... and Ben's own word is back", BEN, "available", within=60)
        await self._see_state("... by eventing", CHANNEL, "eventing", within=60)
        await self._cup.choose("ben", "AWAY")
        await self._see_state("... which is live", BEN, "away")
        await self._hass.act("input_boolean.turn_off", entity_id=ROOM)
        await self._see_word("room empty", "anna", "AVAILABLE")

    async def _notifications_are_cut_and_come_back(self) -> None:
        await self._cup.inject("drop_notifications")
        await self._cup.choose("ben", "BUSY")
        await self._see_state("notifications cut: the change still arrives", BEN, "busy", within=30)
        await self._see_state("... polling has taken over", CHANNEL, "polling", within=30)
        await self._cup.heal()
        await self._cup.choose("ben", "AVAILABLE")
        await self._see_state("notifications restored", BEN, "available", within=30)
        await self._see_state("... eventing is back", CHANNEL, "eventing", within=60)

"""The story of two nodes: the primary fails while a presence changes."""

from typing import override

from .story import ANNA, BEN, CHANNEL, ROOM
from .telling import Telling

PRIMARY, BACKUP = "alpha", "beta"


class ClusterStory(Telling):
    """Failover to the backup, and the return to the primary."""

    @override
    async def tell(self) -> None:
        await self._people_of_both_nodes_are_shown()
        await self._the_primary_dies()
        await self._the_primary_is_back()

    async def _people_of_both_nodes_are_shown(self) -> None:
        await self._see_state("Anna is shown, homed on the backup node", ANNA, "available")
        await self._see_state("Ben is shown, homed on the primary node", BEN, "available")
        await self._see_state("changes come by eventing", CHANNEL, "eventing", within=20)
        await self._hass.act("input_boolean.turn_on", entity_id=ROOM)
        await self._see_word("room occupied: Anna is Busy", "anna", "BUSY")

    async def _the_primary_dies(self) -> None:
        await self._cup.set_node(PRIMARY, "stopped")
        await self._cup.choose("ben", "DND")
        await self._see_state(
            "the primary dies while Ben sets Do Not Disturb: it is shown",
            BEN,
            "do_not_disturb",
            within=60,
        )
        await self._see_state("... live again, by the backup", CHANNEL, "eventing", within=60)
        await self._see_word("... and Anna is still Busy", "anna", "BUSY")
        await self._cup.choose("ben", "AWAY")
        await self._see_state("Ben is away, which is live", BEN, "away")

    async def _the_primary_is_back(self) -> None:
        await self._cup.set_node(PRIMARY, "running")

        async def watcher_is_on_primary() -> bool:
            return await self._cup.node_of_session("watcher") == PRIMARY

        await self._see(
            "the primary is back, and Home Assistant with it", watcher_is_on_primary, 60
        )
        await self._see_state("... by eventing", CHANNEL, "eventing", within=60)
        await self._cup.choose("ben", "AVAILABLE")
        await self._see_state("Ben is available, which is live", BEN, "available")
        await self._hass.act("input_boolean.turn_off", entity_id=ROOM)
        await self._see_word("room empty: Anna is released", "anna", "AVAILABLE")

"""The integration in a Home Assistant, connected to a simulated node."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from bench.arrivals import state_of
from bench.core import add_entry, home_assistant, presence_entity, server_entry
from bench.course import Course
from bench.population import OURS
from bench.serving import Node, node


@dataclass(frozen=True, slots=True)
class Stage:
    """What is set up; ``entities`` has the presence sensor of each user."""

    node: Node
    hass: HomeAssistant
    entry: ConfigEntry
    entities: Mapping[str, str]

    def shows(self, user: str, word: str) -> bool:
        """Return whether a user's entity shows a presence word."""
        state = self.hass.states.get(self.entities[user])
        return state is not None and state.state == state_of(word)


@asynccontextmanager
async def integration(
    course: Course, people: int, scheme: str, *, controlled: int = 0, **options: Any
) -> AsyncGenerator[Stage]:
    """Set up the integration with this many people, some of whom it controls."""
    async with (
        node(people, course.folder / "tls") as server,
        home_assistant(course.new_folder()) as hass,
    ):
        entry = server_entry(server.at, scheme, controlled=controlled, **options)
        await add_entry(hass, entry)
        users = server.population.watched_by(OURS)
        entities = {user: presence_entity(hass, entry, user) for user in users}
        yield Stage(server, hass, entry, entities)

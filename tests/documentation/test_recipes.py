"""The recipes by subject do what they say: their states are set, and the decisions are read."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.calendars import ServedCalendars, serve_calendars
from tests.common.server import Cup
from tests.common.waiting import pass_time, settled

from .environment import STATES_OF_OTHERS, reload_rules
from .kinds import Kind, kind_of, read
from .pages import page
from .recipes import RECIPES, Told

PAGE = "docs/rules-by-subject.md"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CALENDARS = [each for each in STATES_OF_OTHERS if each.startswith("calendar.")]
BLOCKS = {
    read(block)[0]["name"]: block for block in page(PAGE).blocks if kind_of(block) is Kind.RULES
}


def test_every_recipe_is_played() -> None:
    assert BLOCKS.keys() == RECIPES.keys()


async def requested(hass: HomeAssistant, user: str) -> tuple[str | None, str | None]:
    """Return the presence and the note that are requested for a person, by explanation."""
    answer = await hass.services.async_call(
        DOMAIN,
        "explain",
        {"entity_id": f"sensor.{user}_presence"},
        blocking=True,
        return_response=True,
    )
    assert answer
    people: Any = answer["people"]
    told = people[f"{user}@example.com"]
    return told["wanted"], told["note"]


def tell(hass: HomeAssistant, calendars: ServedCalendars, states: Mapping[str, Told]) -> None:
    """Set states; a calendar that is on has an event, for an hour unless it says otherwise."""
    for entity_id, told in states.items():
        state, attributes = told if isinstance(told, tuple) else (told, {})
        if entity_id.startswith("calendar."):
            now = dt_util.now()
            hour = {"start": now, "end": now + timedelta(hours=1)}
            calendars.put(entity_id, [{**hour, **attributes}] if state == "on" else [])
        else:
            hass.states.async_set(entity_id, state, attributes)


@pytest.mark.parametrize("name", BLOCKS)
async def test_a_recipe_requests_what_it_says(
    prepared_hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup, name: str
) -> None:
    recipe = RECIPES[name]
    freezer.move_to(NOON)
    await prepared_hass.config.async_set_time_zone("UTC")
    calendars = serve_calendars(prepared_hass)
    for entity_id in CALENDARS:
        calendars.put(entity_id, [])
    await reload_rules(prepared_hass, read(BLOCKS[name]))
    before = {user: await requested(prepared_hass, user) for user in recipe.requested}
    assert before == dict.fromkeys(recipe.requested, (None, None))

    tell(prepared_hass, calendars, recipe.states)
    await prepared_hass.async_block_till_done()
    await pass_time(freezer, cup, recipe.seconds)
    expected = {
        user: (presence, recipe.note if presence else None)
        for user, presence in recipe.requested.items()
    }
    assert {user: await requested(prepared_hass, user) for user in recipe.requested} == expected

    tell(prepared_hass, calendars, recipe.ended_by)
    await prepared_hass.async_block_till_done()
    await pass_time(freezer, cup, recipe.ended_after)
    after = {user: await requested(prepared_hass, user) for user in recipe.requested}
    assert after == before
    await settled(cup)

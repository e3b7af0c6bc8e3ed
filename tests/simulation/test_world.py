"""The states and the time of a simulated world, as conditions and templates see them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template
from homeassistant.util.hass_dict import HassKey
import pytest

from custom_components.cisco_unified_presence.rules.simulated.courses import EventsCourse
from custom_components.cisco_unified_presence.rules.simulated.hass_view import hass_view, rebound
from custom_components.cisco_unified_presence.rules.simulated.world import World

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NINE + timedelta(hours=3)
LAMP, DESK, ROOM, GHOST = "light.lamp", "binary_sensor.desk", "calendar.room", "light.ghost"


def world_at(now: datetime, *, only_given: bool = False) -> World:
    """A world in which the desk is on, and the room is known to be free."""
    free = EventsCourse(ROOM, (), lambda _event: {}, frozenset())
    given = {DESK: State(DESK, "on"), GHOST: State(GHOST, "on")}
    return World(NINE, now, given=given, only_given=only_given, courses={ROOM: free})


@pytest.fixture(autouse=True)
async def _reality(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Set the lamp and the room on, and the desk off."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(NINE)
    hass.states.async_set(LAMP, "on")
    hass.states.async_set(DESK, "off")
    hass.states.async_set(ROOM, "on")


@pytest.mark.parametrize(
    ("now", "only_given", "states", "assumed"),
    [
        (NINE, False, ("on", "on", "on", None), set()),
        (LATER, False, ("on", "on", "off", None), {LAMP, "light.none"}),
        (NINE, True, (None, "on", None, None), set()),
        (LATER, True, (None, "on", None, None), set()),
    ],
)
def test_states(
    hass: HomeAssistant,
    now: datetime,
    only_given: bool,  # noqa: FBT001 (a parameter of the test)
    states: tuple[str | None, ...],
    assumed: set[str],
) -> None:
    world = world_at(now, only_given=only_given)
    view = hass_view(hass, world)
    found = [view.states.get(each) for each in (LAMP, DESK.upper(), ROOM, "light.none")]
    assert tuple(each and each.state for each in found) == states
    assert world.assumed == assumed
    assert view.states.is_state(DESK, "on")
    assert not view.states.is_state(DESK, "off")
    assert not view.states.is_state("light.none", "on")


@pytest.mark.parametrize(
    ("domains", "all_of_them", "given"),
    [
        (None, [DESK, ROOM, GHOST, LAMP], [DESK, GHOST]),
        ("light", [GHOST, LAMP], [GHOST]),
        (["calendar", "binary_sensor"], [DESK, ROOM], [DESK]),
        ("sensor", [], []),
    ],
)
def test_entities(
    hass: HomeAssistant, domains: str | list[str] | None, all_of_them: list[str], given: list[str]
) -> None:
    for only_given, expected in ((False, all_of_them), (True, given)):
        states = hass_view(hass, world_at(LATER, only_given=only_given)).states
        assert states.async_entity_ids(domains) == expected
        assert states.async_entity_ids_count(domains) == len(expected)
        assert [each.entity_id for each in states.async_all(domains)] == expected


def test_the_next_change_is_that_of_the_entities_that_are_asked_about() -> None:
    world = world_at(NINE)
    assert world.next_change_of(frozenset({LAMP, ROOM})) is None


def rendered(hass: HomeAssistant, world: World, text: str) -> object:
    view = hass_view(hass, world)
    return Template(text, view).async_render(parse_result=False)


@pytest.mark.parametrize(
    ("text", "told", "asks_time"),
    [
        ("{{ now().isoformat() }}", "2026-11-23T13:00:00+01:00", True),
        ("{{ utcnow().isoformat() }}", "2026-11-23T12:00:00+00:00", True),
        ("{{ today_at().isoformat() }}", "2026-11-23T00:00:00+01:00", True),
        ("{{ today_at('08:30').isoformat() }}", "2026-11-23T08:30:00+01:00", True),
        ("{{ ('08:30' | today_at).isoformat() }}", "2026-11-23T08:30:00+01:00", True),
        ("{{ states('binary_sensor.desk') }}", "on", False),
        ("{{ is_state('light.ghost', 'on') }}", "True", False),
    ],
)
def test_templates(hass: HomeAssistant, text: str, told: str, asks_time: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    world = world_at(LATER)
    assert rendered(hass, world, text) == told
    assert world.asks_time is asks_time
    assert world.undecided == []
    world.begin_evaluation()
    assert not world.asks_time


def test_a_time_that_is_none_is_an_error(hass: HomeAssistant) -> None:
    with pytest.raises(TemplateError, match="could not convert str to datetime: 'never'"):
        rendered(hass, world_at(LATER), "{{ today_at('never') }}")


@pytest.mark.parametrize(
    "text",
    [
        "{{ relative_time(now()) }}",
        "{{ now() | time_since }}",
        "{{ time_until(now()) }}",
    ],
)
def test_what_is_told_from_the_real_time(hass: HomeAssistant, text: str) -> None:
    world = world_at(NINE)
    assert rendered(hass, world, text) is not None
    assert world.asks_time
    for other in (world_at(LATER), world_at(NINE, only_given=True)):
        with pytest.raises(TemplateError, match="cannot be told for another time"):
            rendered(hass, other, text)
        assert other.asks_time
        assert len(other.undecided) == 1
        other.begin_evaluation()
        assert other.undecided == []


def test_nothing_that_a_view_changes_reaches_home_assistant(hass: HomeAssistant) -> None:
    view = hass_view(hass, world_at(LATER))
    key: HassKey[int] = HassKey("mine")
    view.data[key] = 1
    assert key not in hass.data
    assert view.config is hass.config
    assert rendered(hass, world_at(LATER), "{{ now().hour }}") == "13"
    assert Template("{{ now().hour }}", hass).async_render() == 10


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda template: {"for": {"minutes": template}},
        lambda template: [template],
    ],
)
def test_templates_are_bound_to_the_view(
    hass: HomeAssistant, wrapped: Callable[[Template], object]
) -> None:
    view = hass_view(hass, world_at(LATER))
    template = Template("{{ now().hour }}", hass)
    bound = rebound(wrapped(template), view)
    while not isinstance(bound, Template):
        (bound,) = bound.values() if isinstance(bound, dict) else bound
    assert bound is not template
    assert bound.async_render() == 13
    assert rebound("text", view) == "text"

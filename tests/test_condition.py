"""The conditions, checked against what the server shows: when they hold, and for whom."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConditionErrorMessage
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import condition
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import label_registry as lr
from homeassistant.helpers.condition import ConditionChecker
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.cisco_unified_presence.condition import CONDITIONS
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN, TargetFeature
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure, Presence

from .common.automations import ANNA, BEN, CLARA, MEETING, PHONES, automate, choose, show
from .common.calendars import meeting, serve_calendars
from .common.server import Cup
from .common.waiting import pass_time

pytestmark = pytest.mark.usefixtures("all_rich_entities")

type Check = Callable[..., Coroutine[Any, Any, ConditionChecker]]


@pytest.fixture
def entry_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Ask for rich presence in the tests of activities."""
    return {CONF_RICH_PRESENCE: getattr(request, "param", False)}


FEATURES = {
    "is_on_the_phone": TargetFeature.PHONE,
    "is_in_a_meeting": TargetFeature.MEETING,
}

rich = pytest.mark.parametrize("entry_options", [True], indirect=True)


def that(key: str, target: str | list[str] | dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the configuration of one of our conditions."""
    chosen = target if isinstance(target, dict) else {"entity_id": target}
    return {"condition": f"{DOMAIN}.{key}", "target": chosen, "options": options}


@pytest.fixture
async def check(hass: HomeAssistant, loaded: MockConfigEntry) -> AsyncGenerator[Check]:
    """Make checkers of conditions; they are unloaded in the end."""
    checkers: list[ConditionChecker] = []

    async def make(
        key: str, target: str | list[str] | dict[str, Any], **options: Any
    ) -> ConditionChecker:
        config = cv.CONDITION_SCHEMA(that(key, target, **options))
        config = await condition.async_validate_condition_config(hass, config)
        checkers.append(await condition.async_from_config(hass, config))
        return checkers[-1]

    yield make
    for checker in checkers:
        checker.async_unload()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("AVAILABLE", "available"),
        ("BUSY", "busy"),
        ("DND", "do_not_disturb"),
        ("AWAY", "away"),
        ("VACATION", "vacation"),
        ("UNAVAILABLE", "offline"),
    ],
)
async def test_each_presence_matches_itself_only(
    hass: HomeAssistant, check: Check, cup: Cup, word: str, state: str
) -> None:
    others = ["available", "busy", "do_not_disturb", "away", "vacation", "offline"]
    others.remove(state)
    await choose(cup, "anna", "BUSY" if word != "BUSY" else "AWAY")
    is_it, is_another, is_available = (
        await check("is_presence", ANNA, presence=state),
        await check("is_presence", ANNA, presence=others),
        await check("is_available", ANNA),
    )
    await choose(cup, "anna", word)
    assert is_it.async_check() is True
    assert is_another.async_check() is False
    assert is_available.async_check() is (state == "available")


@rich
@pytest.mark.parametrize(
    ("key", "activity", "entity_id"),
    [("is_on_the_phone", "on-the-phone", PHONES[0]), ("is_in_a_meeting", "meeting", MEETING)],
)
async def test_activities(
    hass: HomeAssistant, check: Check, cup: Cup, key: str, activity: str, entity_id: str
) -> None:
    sensor = er.async_get(hass).async_get(entity_id)
    assert sensor
    checker = await check(key, {"device_id": sensor.device_id})
    assert checker.async_check() is False
    await choose(cup, "anna", "BUSY", activities=[activity])
    assert checker.async_check() is True
    other = {"on-the-phone": "meeting", "meeting": "on-the-phone"}[activity]
    await choose(cup, "anna", "BUSY", activities=[other])
    assert checker.async_check() is False


async def test_any_and_all(hass: HomeAssistant, check: Check, cup: Cup) -> None:
    people = [ANNA, BEN, CLARA]
    any_person = await check("is_presence", people, presence="busy", behavior="any")
    all_people = await check("is_presence", people, presence="busy", behavior="all")
    assert (any_person.async_check(), all_people.async_check()) == (True, False)
    await choose(cup, "anna", "BUSY")
    await choose(cup, "clara", "BUSY")
    assert (any_person.async_check(), all_people.async_check()) == (True, True)
    for user in ("anna", "ben", "clara"):
        await choose(cup, user, "AWAY")
    assert (any_person.async_check(), all_people.async_check()) == (False, False)


async def test_for_outlasts_a_change_between_chosen_presences(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, check: Check, cup: Cup
) -> None:
    long = {"for": {"minutes": 5}}
    either = await check("is_presence", ANNA, presence=["busy", "away"], **long)
    busy = await check("is_presence", ANNA, presence="busy", **long)
    await choose(cup, "anna", "AWAY")
    await pass_time(freezer, cup, 240)
    await choose(cup, "anna", "BUSY")
    assert (either.async_check(), busy.async_check()) == (False, False)
    await pass_time(freezer, cup, 60)
    assert (either.async_check(), busy.async_check()) == (True, False)
    await pass_time(freezer, cup, 240)
    assert (either.async_check(), busy.async_check()) == (True, True)


async def test_area_floor_and_label_lead_to_the_presence_alone(
    hass: HomeAssistant, check: Check, cup: Cup
) -> None:
    entities, devices = er.async_get(hass), dr.async_get(hass)
    floor = fr.async_get(hass).async_create("Ground")
    area = ar.async_get(hass).async_create("Office", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Team")
    ben = entities.async_get(BEN)
    assert ben
    assert ben.device_id
    devices.async_update_device(ben.device_id, area_id=area.id, labels={label.label_id})
    for target in (
        {"area_id": area.id},
        {"floor_id": floor.floor_id},
        {"label_id": label.label_id},
    ):
        checker = await check("is_presence", target, presence="busy", behavior="all")
        assert checker.async_check() is True
        await choose(cup, "ben", "AWAY")
        assert checker.async_check() is False
        await choose(cup, "ben", "BUSY")


@rich
async def test_other_entities_of_the_integration_are_ignored(
    hass: HomeAssistant, check: Check, cup: Cup
) -> None:
    entities = er.async_get(hass)
    entities.async_get_or_create(
        "sensor", "stranger", "1", suggested_object_id="stranger", translation_key="presence"
    )
    hass.states.async_set("sensor.stranger", "busy")
    hass.states.async_set("sensor.unregistered", "busy")
    await choose(cup, "anna", "AWAY", note="busy", activities=["meeting"])
    others = ["sensor.stranger", "sensor.unregistered", "sensor.anna_status_message"]
    busy = await check("is_presence", others, presence="busy")
    on_the_phone = await check("is_on_the_phone", [*others, MEETING])
    assert (busy.async_check(), on_the_phone.async_check()) == (False, False)


async def test_unknown_presence_is_ignored(
    hass: HomeAssistant, loaded: MockConfigEntry, check: Check
) -> None:
    everything = ["available", "busy", "do_not_disturb", "away", "vacation", "offline"]
    anna = await check("is_presence", ANNA, presence=everything)
    all_people = await check("is_presence", [ANNA, BEN], presence="busy", behavior="all")
    show(loaded, "anna", Presence.UNKNOWN)
    await hass.async_block_till_done()
    assert anna.async_check() is False
    # Ben is busy, and nothing is known of Anna.
    assert all_people.async_check() is True
    loaded.runtime_data.coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    await hass.async_block_till_done()
    assert anna.async_check() is False


async def test_an_automation_is_held_back(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    calls = await automate(
        hass,
        triggers=[{"trigger": "event", "event_type": "bell"}],
        conditions=[that("is_presence", ANNA, presence=["available", "away"])],
    )
    hass.bus.async_fire("bell")
    await hass.async_block_till_done()
    assert len(calls) == 1
    await choose(cup, "anna", "DND")
    hass.bus.async_fire("bell")
    await hass.async_block_till_done()
    assert len(calls) == 1


@pytest.mark.parametrize(
    "options", [{"presence": []}, {"presence": ["unknown"]}, {"presence": None}, {}]
)
async def test_invalid_presences_are_refused(check: Check, options: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        await check("is_presence", ANNA, **options)


OTHER_FIELDS = {
    "is_presence": {"behavior", "for", "presence"},
    "calendar_event": {"linked", "title", "location", "description", "all_day"},
    "linked_entity": {"link", "state", "for"},
}


async def test_the_editor_gets_every_condition(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    descriptions = await condition.async_get_all_descriptions(hass)
    ours = {
        key.partition(".")[2]: descriptions[key]
        for key in descriptions
        if key.startswith(f"{DOMAIN}.")
    }
    assert ours.keys() == CONDITIONS.keys()
    for key, description in ours.items():
        assert description
        fields = OTHER_FIELDS.get(key, {"behavior", "for"})
        assert description["fields"].keys() == fields
        if "behavior" in fields:
            (entities,) = description["target"]["entity"]
            assert entities["supported_features"] == [FEATURES.get(key, TargetFeature.PRESENCE)]


async def checker_of_calendars(
    hass: HomeAssistant, *calendars: str, **options: Any
) -> ConditionChecker:
    config = cv.CONDITION_SCHEMA(that("calendar_event", list(calendars), **options))
    config = await condition.async_validate_condition_config(hass, config)
    return await condition.async_from_config(hass, config)


async def test_calendar_event_works_in_automations_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-23T20:00:00+00:00")
    calendars = serve_calendars(hass)
    calendars.put("calendar.room", [meeting("Review", 0, 48)])
    checker = await checker_of_calendars(hass, "calendar.room", title="{{ word }}*")
    try:
        assert not checker.async_check(variables={"word": "lunch"})
        assert checker.async_check(variables={"word": "review"})
    finally:
        checker.async_unload()


async def test_calendar_event_counts_calendars_that_can_be_read(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-23T20:00:00+00:00")
    calendars = serve_calendars(hass)
    calendars.put("calendar.room", [meeting("Review", 0, 48)])
    of_one = await checker_of_calendars(hass, "calendar.away")
    of_both = await checker_of_calendars(hass, "calendar.away", "calendar.room")
    try:
        assert not of_one.async_check()
        assert of_both.async_check()
    finally:
        of_one.async_unload()
        of_both.async_unload()


async def test_calendar_is_read_until_the_condition_is_unloaded(hass: HomeAssistant) -> None:
    calendars = serve_calendars(hass)
    calendars.put("calendar.room", [])
    checker = await checker_of_calendars(hass, "calendar.room")
    await hass.async_block_till_done()
    before = calendars.reads
    calendars.put("calendar.room", [])
    await hass.async_block_till_done()
    assert calendars.reads == before + 1
    checker.async_unload()
    calendars.put("calendar.room", [])
    await hass.async_block_till_done()
    assert calendars.reads == before + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"options": {}},
        {"options": {}, "target": {}},
        {"options": {"linked": "calendar"}, "target": {"entity_id": "calendar.room"}},
        {"options": {"linked": "calender"}},
    ],
)
async def test_calendar_event_needs_one_source(hass: HomeAssistant, wrong: dict[str, Any]) -> None:
    config = cv.CONDITION_SCHEMA({"condition": f"{DOMAIN}.calendar_event", **wrong})
    is_misspelled = "calender" in wrong["options"].values()
    why = None if is_misspelled else "^either a calendar, or the calendar linked to a person, is"
    with pytest.raises(vol.Invalid, match=why):
        await condition.async_validate_condition_config(hass, config)


async def test_calendar_event_needs_no_options(hass: HomeAssistant) -> None:
    written = {"condition": f"{DOMAIN}.calendar_event", "target": {"entity_id": "calendar.room"}}
    config = cv.CONDITION_SCHEMA(written)
    validated = await condition.async_validate_condition_config(hass, config)
    assert validated["options"] == {}


async def test_calendar_event_takes_an_empty_target_for_none(hass: HomeAssistant) -> None:
    """The editor leaves one where the target was taken away."""
    linked = {"options": {"linked": "calendar"}, "target": {"entity_id": []}}
    config = cv.CONDITION_SCHEMA({"condition": f"{DOMAIN}.calendar_event", **linked})
    assert "target" not in await condition.async_validate_condition_config(hass, config)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("linked_entity", {"link": "desk", "state": "on"}),
        ("calendar_event", {"linked": "calendar"}),
    ],
)
async def test_what_is_linked_to_a_person_is_known_in_rules_only(
    hass: HomeAssistant, kind: str, options: dict[str, Any]
) -> None:
    config = cv.CONDITION_SCHEMA({"condition": f"{DOMAIN}.{kind}", "options": options})
    config = await condition.async_validate_condition_config(hass, config)
    checker = await condition.async_from_config(hass, config)
    with pytest.raises(ConditionErrorMessage) as raised:
        checker.async_check()
    assert raised.value.type == kind
    assert raised.value.message == "what is linked to a person is known in presence rules only"
    checker.async_unload()


@pytest.mark.parametrize(
    ("written", "state"),
    [(True, "on"), (False, "off"), ("home", "home"), ([False, 5], ["off", "5"])],
)
async def test_linked_entity_has_a_state_as_yaml_reads_it(
    hass: HomeAssistant, written: object, state: object
) -> None:
    """YAML reads on and off as truth values."""
    linked = {"link": "desk", "state": written}
    config = cv.CONDITION_SCHEMA({"condition": f"{DOMAIN}.linked_entity", "options": linked})
    validated = await condition.async_validate_condition_config(hass, config)
    assert validated["options"]["state"] == state


async def test_linked_entity_has_a_state(hass: HomeAssistant) -> None:
    linked = {"link": "desk", "state": None}
    config = cv.CONDITION_SCHEMA({"condition": f"{DOMAIN}.linked_entity", "options": linked})
    with pytest.raises(vol.Invalid):
        await condition.async_validate_condition_config(hass, config)

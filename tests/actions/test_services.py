"""Setting and clearing presence: targets, refusals, and the sentence of each failure."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import label_registry as lr
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components import cisco_unified_presence
from custom_components.cisco_unified_presence.actions import for_each
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.pws import Throttled
from custom_components.cisco_unified_presence.states import PRESENCES
from tests.common.entry import person
from tests.common.server import Cup
from tests.common.states import shown

ANNA = "sensor.anna_presence"
BEN = "sensor.ben_presence"
CLARA = "sensor.clara_presence"


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """Anna and Ben are controlled, Clara is only watched."""
    return [person("anna", controlled=True), person("ben", controlled=True), person("clara")]


async def act(hass: HomeAssistant, action: str, target: Mapping[str, Any], **data: Any) -> None:
    await hass.services.async_call(DOMAIN, action, {**target, **data}, blocking=True)


async def refusal(
    hass: HomeAssistant, target: Mapping[str, Any], **data: Any
) -> HomeAssistantError:
    """Return the error of a set_presence that must fail, without its full stop."""
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "set_presence", target, **{"presence": "busy", **data})
    return raised.value


# Presence that is set


@pytest.mark.parametrize(("word", "presence"), PRESENCES.items())
async def test_every_presence_can_be_set_without_options(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, word: str, presence: str
) -> None:
    await act(hass, "set_presence", {"entity_id": BEN}, presence=word)

    ben = next(each for each in (await cup.state())["people"] if each["user"] == "ben")
    if word == "available":
        assert ben["override"] is None
    else:
        assert ben["override"] == ben["presence"] == presence
        assert shown(hass, BEN) == word


async def test_without_override_the_devices_are_weighed(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await act(hass, "set_presence", {"entity_id": BEN}, presence="away", override=False)

    # Ben's own device reports Busy, which outweighs it.
    assert await cup.presence_of("ben") == "BUSY"


@pytest.mark.parametrize(
    "duration", [{"minutes": 0}, {"days": 32}, {"seconds": -5}, "soon", {"fortnights": 1}]
)
async def test_senseless_duration_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, duration: object
) -> None:
    before = cup.asked("PUT")
    with pytest.raises(vol.Invalid):
        await act(hass, "set_presence", {"entity_id": ANNA}, presence="busy", duration=duration)
    assert cup.asked("PUT") == before


@pytest.mark.parametrize("word", ["unknown", "unavailable", "BUSY", "", None])
async def test_unknown_presence_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, word: str | None
) -> None:
    before = cup.asked("PUT")
    with pytest.raises(vol.Invalid, match="presence"):
        await act(hass, "set_presence", {"entity_id": ANNA}, presence=word)
    assert cup.asked("PUT") == before


@pytest.mark.parametrize(
    ("word", "override", "sentence"),
    [
        ("available", True, "Available without a note can't override"),
        ("do_not_disturb", False, "Do not disturb always overrides"),
    ],
)
async def test_what_the_server_forbids_is_refused_before_it_is_asked(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    word: str,
    override: bool,  # noqa: FBT001 (a parameter of the test)
    sentence: str,
) -> None:
    before = cup.asked("PUT")
    error = await refusal(hass, {"entity_id": ANNA}, presence=word, override=override)
    assert isinstance(error, ServiceValidationError)
    assert str(error).startswith(sentence)
    assert cup.asked("PUT") == before


# Targets


async def test_several_people_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await act(hass, "set_presence", {"entity_id": [ANNA, BEN]}, presence="do_not_disturb")
    assert shown(hass, ANNA) == shown(hass, BEN) == "do_not_disturb"

    await act(hass, "clear_presence", {"entity_id": [ANNA, BEN]})
    assert (shown(hass, ANNA), shown(hass, BEN)) == ("available", "busy")


async def test_what_is_set_for_several_people_at_once_is_saved_once(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[int] = []
    save = Store.async_save

    async def note(store: Store[Any], data: Any) -> None:
        if store.key.endswith(".kept"):
            saved.append(len(data))
        await save(store, data)

    monkeypatch.setattr(Store, "async_save", note)
    monkeypatch.setattr(for_each, "TARGETS_PER_BATCH", 1)
    await act(hass, "set_presence", {"entity_id": [ANNA, BEN]}, presence="do_not_disturb")
    assert saved[0] == 2


async def test_person_is_reached_by_device(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    entity = er.async_get(hass).async_get(ANNA)
    assert entity is not None

    await act(hass, "set_presence", {"device_id": entity.device_id}, presence="busy")

    assert shown(hass, ANNA) == "busy"


async def test_area_reaches_controlled_people_only(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    area = ar.async_get(hass).async_create("Office")
    registry = er.async_get(hass)
    lamp = registry.async_get_or_create("light", "demo", "lamp").entity_id
    for entity_id in (ANNA, CLARA, lamp, "sensor.cup_update_channel"):
        registry.async_update_entity(entity_id, area_id=area.id)

    await act(hass, "set_presence", {"area_id": area.id}, presence="busy")

    assert (shown(hass, ANNA), shown(hass, CLARA)) == ("busy", "offline")
    assert cup.asked("PUT", "/clara/") == cup.asked("POST", "/clara/") == 0


async def test_label_on_devices_reaches_their_people(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    label = lr.async_get(hass).async_create("Reception")
    for entity_id in (ANNA, BEN):
        entity = er.async_get(hass).async_get(entity_id)
        assert entity is not None
        assert entity.device_id is not None
        dr.async_get(hass).async_update_device(entity.device_id, labels={label.label_id})

    await act(hass, "set_presence", {"label_id": label.label_id}, presence="away")

    assert shown(hass, ANNA) == shown(hass, BEN) == "away"


# Targets that are refused


async def test_watched_person_is_not_set(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    before = cup.asked("PUT")
    error = await refusal(hass, {"entity_id": CLARA})
    assert isinstance(error, ServiceValidationError)
    assert str(error).startswith("Home Assistant doesn't control the presence of Clara.")
    assert cup.asked("PUT") == before


async def test_watched_person_among_others_is_left_out_and_named(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    error = await refusal(hass, {"entity_id": [ANNA, CLARA, BEN]})

    assert not isinstance(error, ServiceValidationError)
    assert str(error).startswith("Clara: Home Assistant doesn't control the presence of Clara.")
    assert "Anna" not in str(error)
    assert shown(hass, ANNA) == shown(hass, BEN) == "busy"
    assert cup.asked("PUT", "/clara/") == 0


async def test_watched_member_of_a_group_is_left_out_and_named(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    assert await async_setup_component(
        hass, "group", {"group": {"team": {"entities": [CLARA, ANNA]}}}
    )
    error = await refusal(hass, {"entity_id": "group.team"})

    assert str(error).startswith("Clara: Home Assistant doesn't control the presence of Clara.")
    assert shown(hass, ANNA) == "busy"
    await act(hass, "set_presence", {"entity_id": BEN}, presence="away")
    with pytest.raises(HomeAssistantError, match="Clara: Home Assistant doesn't control"):
        await act(hass, "clear_presence", {"entity_id": [BEN, CLARA]})
    assert await cup.presence_of("ben") == "BUSY"


@pytest.mark.parametrize(
    "entity_id", ["sensor.cup_update_channel", "sensor.nobody_presence", "light.lamp"]
)
async def test_what_is_no_person_is_refused_by_name(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_id: str
) -> None:
    er.async_get(hass).async_get_or_create("light", "demo", "lamp", suggested_object_id="lamp")
    error = await refusal(hass, {"entity_id": entity_id})
    assert isinstance(error, ServiceValidationError)
    assert str(error) == f"{entity_id} is not a person of Cisco Unified Presence"


async def test_entity_of_a_removed_person_is_no_person(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    # The registry may still have it for a moment.
    del loaded.runtime_data.coordinator.people["anna@example.com"]
    assert str(await refusal(hass, {"entity_id": ANNA})).startswith(f"{ANNA} is not a person")


@pytest.mark.parametrize(
    "target",
    [{"entity_id": "none"}, {"entity_id": "all"}, {"area_id": "cellar"}, {"entity_id": []}],
)
async def test_a_target_without_people_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, target: dict[str, Any]
) -> None:
    error = await refusal(hass, target)
    assert isinstance(error, ServiceValidationError)
    assert str(error).startswith("Select at least one person")


async def test_without_any_target_the_action_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    with pytest.raises(vol.Invalid):
        await act(hass, "set_presence", {}, presence="busy")


async def test_entry_that_is_not_loaded_is_named(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(loaded.entry_id)

    error = await refusal(hass, {"entity_id": ANNA})

    assert not isinstance(error, ServiceValidationError)
    assert str(error).startswith("CUP is not connected, so nothing was changed.")


async def test_of_an_entry_that_is_being_removed_the_entity_is_named(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[str] = []

    async def while_removing(hass: HomeAssistant, _entry: ConfigEntry) -> None:
        refused.append(str(await refusal(hass, {"entity_id": ANNA})))

    monkeypatch.setattr(cisco_unified_presence, "async_remove_entry", while_removing)
    await hass.config_entries.async_remove(loaded.entry_id)
    assert [each.partition(",")[0] for each in refused] == [f"{ANNA} is not connected"]


async def test_actions_are_there_without_any_entry(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(ServiceValidationError, match="not a person"):
        await act(hass, "clear_presence", {"entity_id": "sensor.anna_presence"})


# What the server refuses


async def test_server_that_is_down_is_reported(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("refuse_connections")
    error = await refusal(hass, {"entity_id": ANNA})
    assert str(error).startswith(
        f"Anna: 127.0.0.1:{cup.simulator.ports.http} refused the connection. Check the port"
    )
    await cup.heal()


async def test_unavailable_person_is_not_skipped_in_silence(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    loaded.runtime_data.coordinator.async_set_unreachable(Throttled())
    assert shown(hass, ANNA) == STATE_UNAVAILABLE

    await act(hass, "set_presence", {"entity_id": ANNA}, presence="busy")

    assert await cup.presence_of("anna") == "BUSY"


async def test_lasting_throttling_is_reported(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def throttled(*_: object, **__: object) -> None:
        raise Throttled(210)

    monkeypatch.setattr(loaded.runtime_data.client, "set_presence", throttled)
    error = await refusal(hass, {"entity_id": ANNA})
    assert str(error) == ("Anna: The server is too busy. Try again in a minute")


async def test_one_of_several_fails_and_is_named(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=200, path="/ben/")

    error = await refusal(hass, {"entity_id": [ANNA, BEN]})

    assert str(error).startswith("Ben: The server rejected the request:")
    assert "Anna" not in str(error)
    assert await cup.presence_of("anna") == "BUSY"


async def test_all_who_fail_are_named(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=160, path="/sessions")

    error = await refusal(hass, {"entity_id": [ANNA, BEN]})

    first, second = str(error).split("; ")
    assert first.startswith("Anna: anna is already logged in by another application")
    assert second.startswith("Ben: ben is already logged in by another application")


async def test_person_whom_the_server_does_not_know_is_named(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=113, path="/users/anna/sessions")

    error = await refusal(hass, {"entity_id": ANNA})

    assert str(error).startswith("Anna: The server has no user named anna.")


async def test_presence_that_the_server_does_not_take_is_explained(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=120, method="PUT", path="/anna/")

    error = await refusal(hass, {"entity_id": ANNA})

    assert str(error).startswith("Anna: The server rejected this presence: ")


async def test_half_a_surrogate_pair_is_no_end(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    """Home Assistant's parser ends the process at it."""
    with pytest.raises(vol.Invalid):
        await act(hass, "set_presence", {"entity_id": ANNA}, presence="busy", until="17:00\ud83d")

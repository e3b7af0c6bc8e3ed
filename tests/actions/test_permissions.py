"""Permissions of the actions: users who may control, only read, or read only Anna."""

from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.permissions import PolicyPermissions
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.server import Cup
from tests.common.waiting import settled

ANNA = "sensor.anna_presence"
BEN = "sensor.ben_presence"
BUSY = {"presence": "busy"}

type Act = Callable[..., Coroutine[Any, Any, Any]]


@pytest.fixture
async def act(hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup) -> Act:
    """Call an action as a user."""
    await settled(cup)

    async def call(user_id: str, action: str, **data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN,
            action,
            data,
            blocking=True,
            context=Context(user_id=user_id),
            return_response=action in {"get_presence", "explain", "get_decisions", "forecast"},
        )

    return call


@pytest.fixture
async def user(hass: HomeAssistant) -> MockUser:
    """Return a user who is no administrator, and may control everything."""
    group = await hass.auth.async_get_group(GROUP_ID_USER)
    return MockUser(groups=[group]).add_to_hass(hass)


@pytest.fixture
async def reader(hass: HomeAssistant) -> MockUser:
    """Return a user who may read everything and control nothing."""
    group = await hass.auth.async_get_group(GROUP_ID_READ_ONLY)
    return MockUser(groups=[group]).add_to_hass(hass)


@pytest.fixture
def annas(hass: HomeAssistant) -> MockUser:
    """Return a user who may see and control Anna's presence and nothing else."""
    user = MockUser().add_to_hass(hass)
    policy: Any = {"entities": {"entity_ids": {ANNA: {POLICY_READ: True, POLICY_CONTROL: True}}}}
    permissions = PolicyPermissions(policy, hass.auth._store._perm_lookup)
    user.permissions = permissions
    return user


async def test_a_user_with_control_permission_sets_presence(
    act: Act, user: MockUser, cup: Cup
) -> None:
    await act(user.id, "set_presence", entity_id=ANNA, **BUSY)
    assert await cup.presence_of("anna") == "BUSY"
    await act(user.id, "clear_presence", entity_id=ANNA)


@pytest.mark.parametrize(("action", "data"), [("set_presence", BUSY), ("clear_presence", {})])
async def test_a_user_with_read_permission_sets_nothing(
    act: Act, reader: MockUser, cup: Cup, action: str, data: dict[str, Any]
) -> None:
    before = cup.asked()
    with pytest.raises(Unauthorized):
        await act(reader.id, action, entity_id=ANNA, **data)
    assert cup.asked() == before
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_a_user_with_read_permission_gets_presence(act: Act, reader: MockUser) -> None:
    answer = await act(reader.id, "get_presence", entity_id=ANNA, contact="clara@example.com")
    assert set(answer["people"]) == {"anna@example.com", "clara@example.com"}
    assert set((await act(reader.id, "explain", entity_id=ANNA))["people"]) == {"anna@example.com"}


async def test_a_user_who_may_read_one_person_does_not_get_another(
    act: Act, annas: MockUser, cup: Cup
) -> None:
    assert await act(annas.id, "get_presence", entity_id=ANNA)
    assert await act(annas.id, "explain", entity_id=ANNA)
    assert await act(annas.id, "get_decisions", entity_id=ANNA)
    before = cup.asked()
    for action, data in (
        ("get_presence", {"entity_id": BEN}),
        ("get_presence", {"entity_id": [ANNA, BEN]}),
        ("get_presence", {"contact": "ben@example.com"}),
        ("explain", {"entity_id": BEN}),
        ("get_decisions", {"entity_id": BEN}),
        ("set_presence", {"entity_id": BEN, **BUSY}),
    ):
        with pytest.raises(Unauthorized) as refused:
            await act(annas.id, action, **data)
        assert "Ben" not in str(refused.value)
    assert cup.asked() == before


async def test_only_administrators_get_the_presence_of_contacts_who_are_not_added(
    hass: HomeAssistant, act: Act, user: MockUser, reader: MockUser, cup: Cup
) -> None:
    before = cup.asked()
    for each in (user, reader):
        for contact in ("watcher@example.com", ["clara@example.com", "nobody@example.com"]):
            with pytest.raises(Unauthorized):
                await act(each.id, "get_presence", contact=contact)
    assert cup.asked() == before
    administrators = await hass.auth.async_get_group(GROUP_ID_ADMIN)
    administrator = MockUser(groups=[administrators]).add_to_hass(hass)
    answer = await act(administrator.id, "get_presence", contact="watcher@example.com")
    assert set(answer["people"]) == {"watcher@example.com"}


async def test_only_administrators_ask_about_people_without_a_sensor(
    hass: HomeAssistant, act: Act, user: MockUser, loaded: MockConfigEntry
) -> None:
    """As of those who find no place below Home Assistant's limit of entities."""
    er.async_get(hass).async_remove(ANNA)
    administrators = await hass.auth.async_get_group(GROUP_ID_ADMIN)
    administrator = MockUser(groups=[administrators]).add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await act(user.id, "forecast", people="Anna")
    assert (await act(user.id, "forecast"))["people"] == {}
    answer = await act(administrator.id, "forecast", people="Anna")
    assert set(answer["people"]) == {"anna@example.com"}


async def test_an_area_gives_no_more_permission(
    hass: HomeAssistant, act: Act, annas: MockUser, cup: Cup
) -> None:
    area = ar.async_get(hass).async_create("Office")
    for entity_id in (ANNA, BEN):
        er.async_get(hass).async_update_entity(entity_id, area_id=area.id)
    with pytest.raises(Unauthorized):
        await act(annas.id, "set_presence", area_id=area.id, **BUSY)
    with pytest.raises(Unauthorized):
        await act(annas.id, "get_presence", area_id=area.id)


async def test_a_deleted_user_does_nothing(act: Act, cup: Cup) -> None:
    for action, data in (
        ("set_presence", {"entity_id": ANNA, **BUSY}),
        ("get_presence", {"contact": "ben@example.com"}),
    ):
        with pytest.raises(UnknownUser):
            await act("0" * 32, action, **data)
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_only_administrators_reload_the_rules(
    act: Act, user: MockUser, reader: MockUser
) -> None:
    for each in (user, reader):
        with pytest.raises(Unauthorized):
            await act(each.id, "reload")


async def test_an_automation_needs_no_user(hass: HomeAssistant, act: Act, cup: Cup) -> None:
    data = {"entity_id": ANNA, **BUSY}
    await hass.services.async_call(DOMAIN, "set_presence", data, blocking=True, context=Context())
    assert await cup.presence_of("anna") == "BUSY"


@pytest.mark.parametrize(
    ("entity_id", "domain", "action", "data"),
    [
        ("select.anna_set_presence", "select", "select_option", {"option": "busy"}),
        ("switch.anna_do_not_disturb", "switch", "turn_on", {}),
    ],
)
async def test_entities_are_protected_by_home_assistant(
    hass: HomeAssistant,
    act: Act,
    reader: MockUser,
    cup: Cup,
    entity_id: str,
    domain: str,
    action: str,
    data: dict[str, Any],
) -> None:
    assert hass.states.get(entity_id)
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(
            domain,
            action,
            {"entity_id": entity_id, **data},
            blocking=True,
            context=Context(user_id=reader.id),
        )
    assert await cup.presence_of("anna") == "AVAILABLE"

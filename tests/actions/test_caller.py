"""What the caller of an action may do, and what is said when it is not allowed."""

from typing import Any

from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.cisco_unified_presence.actions.permissions import Caller
from custom_components.cisco_unified_presence.const import DOMAIN

ANNA, BEN = "sensor.anna_presence", "sensor.ben_presence"
READS_ANNA: dict[str, Any] = {"entities": {"entity_ids": {ANNA: {"read": True}}}}


def call(hass: HomeAssistant, context: Context) -> ServiceCall:
    return ServiceCall(hass, DOMAIN, "explain", {}, context)


async def test_an_automation_may_do_everything(hass: HomeAssistant) -> None:
    caller = await Caller.async_of(call(hass, Context()))
    assert (caller.user, caller.name) == (None, None)
    assert caller.may(ANNA, "control")
    assert caller.may(None, "control")
    caller.require([ANNA, None], "control")
    caller.require_administrator()


async def test_a_user_may_do_what_is_permitted(hass: HomeAssistant) -> None:
    user = MockUser(name="Guest").add_to_hass(hass)
    user.mock_policy(READS_ANNA)
    context = Context(user_id=user.id)
    caller = await Caller.async_of(call(hass, context))
    assert caller.name == "Guest"
    assert caller.may(ANNA, "read")
    assert not caller.may(BEN, "read")
    assert not caller.may(ANNA, "control")
    assert not caller.may(None, "read")
    caller.require([ANNA], "read")
    with pytest.raises(Unauthorized) as refused:
        caller.require([ANNA, BEN], "read")
    error = refused.value
    assert (error.context, error.entity_id, error.permission) == (context, BEN, "read")
    with pytest.raises(Unauthorized) as refused:
        caller.require([ANNA, None], "read")
    assert refused.value.entity_id is None
    with pytest.raises(Unauthorized) as refused:
        caller.require_administrator()
    assert refused.value.context is context


async def test_an_administrator_may_do_what_is_for_administrators(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    caller = await Caller.async_of(call(hass, Context(user_id=hass_admin_user.id)))
    caller.require_administrator()
    caller.require([ANNA, None], "control")


async def test_a_user_who_is_gone_is_none(hass: HomeAssistant) -> None:
    context = Context(user_id="gone")
    with pytest.raises(UnknownUser) as refused:
        await Caller.async_of(call(hass, context))
    assert refused.value.context is context

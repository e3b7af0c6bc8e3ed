"""The last decisions for people, with what caused each."""

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import ServiceCall, ServiceResponse

from ..explanation import async_decisions
from ..pws import in_turns
from .targets import async_targets_of


async def async_get_decisions(call: ServiceCall) -> ServiceResponse:
    targets = await async_targets_of(call, POLICY_READ, controlled=True)
    if targets.left_out:
        raise targets.left_out[0][1]
    told = await in_turns(
        async_decisions(call.hass, each.runtime, each.person) for each in targets.people
    )
    return {"people": dict(zip(targets.answer_keys(call.hass), told, strict=True))}

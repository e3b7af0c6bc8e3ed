"""Explain people's presence: who decides it now, what every rule requests, and why."""

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.util.json import JsonValueType

from ..explanation import Texts, async_circumstances, async_system_texts, full_explanation
from ..pws import in_turns
from .targets import Target, async_targets_of


async def async_explain(call: ServiceCall) -> ServiceResponse:
    targets = await async_targets_of(call, POLICY_READ, controlled=True)
    if targets.left_out:
        raise targets.left_out[0][1]
    texts = async_system_texts(call.hass)
    explained = await in_turns(
        explanation_of_target(call.hass, each, texts) for each in targets.people
    )
    return {"people": dict(zip(targets.answer_keys(call.hass), explained, strict=True))}


def explanation_of_target(
    hass: HomeAssistant, target: Target, texts: Texts
) -> dict[str, JsonValueType]:
    person, runtime = target.person, target.runtime
    record = runtime.reconciler.record_of(person)
    around = async_circumstances(hass, runtime, person)
    return full_explanation(around, person, texts, manual=record.manual, overruled=record.overruled)

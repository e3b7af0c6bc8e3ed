"""Explain people's presence: who decides it now, what every rule requests, and why."""

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.util.json import JsonValueType

from ..explanation import async_situation, async_system_texts, sentence_of
from ..pws import in_turns
from ..rules import async_rule_engine, explanation_of
from .targets import Target, async_targets_of


async def async_explain(call: ServiceCall) -> ServiceResponse:
    targets = await async_targets_of(call, POLICY_READ, controlled=True)
    if targets.left_out:
        raise targets.left_out[0][1]
    explained = await in_turns(explanation_of_target(call.hass, each) for each in targets.people)
    contacts = [each.person.contact for each in targets.people]
    return {"people": dict(zip(contacts, explained, strict=True))}


def explanation_of_target(hass: HomeAssistant, target: Target) -> dict[str, JsonValueType]:
    person, runtime = target.person, target.runtime
    record = runtime.reconciler.record_of(person)
    engine = async_rule_engine(hass)
    identity = (target.entry.entry_id, person.key)
    situation = async_situation(hass, runtime, person)
    explained = explanation_of(
        person,
        runtime.coordinator.presence_of(person.key),
        engine.evaluations_for(*identity),
        engine.pauses.gate_of(identity),
        manual=record.manual,
        overruled=record.overruled,
        own=runtime.reconciler.own_presences.of(person.key),
        waiting_until=runtime.reconciler.waiting_until(person),
    )
    sentence = sentence_of(situation, async_system_texts(hass))
    return {**explained, "sentence": sentence, "situation": situation.kind.value}

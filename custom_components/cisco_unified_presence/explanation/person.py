"""The situation of a person of a running entry, and its sentence."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from ..arbitration import ManualSetting, Overruled
from ..people import Person
from ..rules import async_rule_engine, explanation_of
from ..runtime import Runtime
from ..states import STATES
from .sentence import sentence_of
from .situation import Circumstances, Situation, situation_of
from .texts import Texts, async_system_texts, async_texts


@callback
def async_situation(hass: HomeAssistant, runtime: Runtime, person: Person) -> Situation:
    """Return why a controlled person has the presence that they have."""
    return situation_of(async_circumstances(hass, runtime, person))


@callback
def async_circumstances(hass: HomeAssistant, runtime: Runtime, person: Person) -> Circumstances:
    """Return what decides what is told of a controlled person now."""
    engine, reconciler, key = async_rule_engine(hass), runtime.reconciler, person.key
    identity = (runtime.entry_id, key)
    seen, record = runtime.coordinator.presence_of(key), reconciler.record_of(person)
    published = record.published
    shown_then = published.shown if published else None
    return Circumstances(
        person=person.name,
        decision=reconciler.decision_of(person),
        now=dt_util.utcnow(),
        reachable=runtime.coordinator.reachable,
        shown=STATES.get(seen.presence) if seen else None,
        chosen=seen is not None and seen.rich is not None and seen.rich.manual,
        own=reconciler.own_presences.of(key),
        evaluations=engine.evaluations_for(*identity),
        gate=engine.pauses.gate_of(identity),
        published=published.requested if published else None,
        published_shown=STATES.get(shown_then) if shown_then else None,
        waiting_until=reconciler.waiting_until(person),
        refused_until=reconciler.refused_until(person),
    )


@callback
def async_subscribe_circumstances(
    hass: HomeAssistant, runtime: Runtime, person: Person, listener: Callable[[], None]
) -> CALLBACK_TYPE:
    """Call the listener when what is told of a controlled person may be otherwise."""
    engine, identity = async_rule_engine(hass), (runtime.entry_id, person.key)
    ends = (
        runtime.coordinator.async_subscribe(person.key, listener),
        runtime.decision_log.async_subscribe(person, listener),
        engine.pauses.async_subscribe(identity, listener),
        engine.async_subscribe_evaluations(identity, listener),
    )

    @callback
    def end() -> None:
        for each in ends:
            each()

    return end


def full_explanation(
    around: Circumstances,
    person: Person,
    texts: Texts,
    *,
    manual: ManualSetting | None,
    overruled: Overruled | None,
) -> dict[str, JsonValueType]:
    """Return as plain JSON why a person has the presence that they have, with the sentence.

    Args:
        around: What decides.
        person: Whom it is about.
        texts: The texts of the sentence's language.
        manual: What is set manually.
        overruled: What the person has overruled before the decision.
    """
    situation = situation_of(around)
    explained = explanation_of(
        person,
        around.shown,
        around.evaluations,
        around.gate,
        manual=manual,
        overruled=overruled,
        own=around.own,
        waiting_until=around.waiting_until,
        refused_until=around.refused_until,
        now=around.now,
    )
    sentence = sentence_of(situation, texts)
    return {**explained, "sentence": sentence, "situation": situation.kind.value}


async def async_sentence(
    hass: HomeAssistant, runtime: Runtime, person: Person, language: str
) -> str:
    """Return in a language why a controlled person has the presence that they have."""
    texts = await async_texts(hass, language)
    return sentence_of(async_situation(hass, runtime, person), texts)


@callback
def async_system_sentence(
    hass: HomeAssistant, runtime: Runtime, person: Person, texts: Texts | None = None
) -> str:
    """Return the sentence in the system's language, with its texts where they are at hand."""
    return sentence_of(async_situation(hass, runtime, person), texts or async_system_texts(hass))

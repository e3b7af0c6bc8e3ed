"""Past decisions in words: what caused each, and who decided from then on."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.json import JsonValueType

from ..arbitration import Source
from ..control import Cause, PastDecision
from ..decision_words import local_iso
from ..people import Person
from ..runtime import Runtime
from .texts import Texts, async_system_texts


@callback
def async_decisions(
    hass: HomeAssistant, runtime: Runtime, person: Person, texts: Texts | None = None
) -> dict[str, JsonValueType]:
    """Return the last decisions for a person in plain JSON, the newest first.

    Args:
        hass: Home Assistant.
        runtime: The running entry of the person.
        person: A controlled person.
        texts: The texts of a language, by default of the system's.
    """
    said = texts or async_system_texts(hass)
    past = runtime.decision_log.history.of(person.key)
    return {"name": person.name, "decisions": [_told(each, said) for each in past]}


def _told(decision: PastDecision, texts: Texts) -> JsonValueType:
    cause, effect = cause_text(decision, texts), effect_text(decision, texts)
    return {
        "at": local_iso(decision.at),
        "wanted": decision.wanted,
        "source": decision.source,
        "rule": decision.rule,
        "set_aside": decision.overruled,
        "set_by": decision.set_by,
        "until": local_iso(decision.until),
        "reason": effect,
        "cause": cause,
        "cause_entity": decision.entity_id,
        "sentence": _sentence(texts.say("past", cause=cause, effect=effect)),
    }


def _sentence(clauses: str) -> str:
    return f"{clauses[:1].upper()}{clauses[1:]}."


def cause_text(decision: PastDecision, texts: Texts) -> str:
    """Return what made the decision another one, as a clause."""
    match decision.cause:
        case Cause.INPUT:
            state = texts.state(decision.state or "")
            return texts.say("cause_input", name=decision.name or "", state=state)
        case Cause.SET if decision.set_by:
            return texts.say("cause_set_by", who=decision.set_by, presence=_wanted(decision, texts))
        case Cause.SET:
            return texts.say("cause_set", presence=_wanted(decision, texts))
        case cause:
            return texts.say(f"cause_{cause}")


def effect_text(decision: PastDecision, texts: Texts) -> str:  # noqa: PLR0911 (a table)
    """Return who decided from then on, as a clause."""
    if decision.overruled:
        if decision.rule:
            return texts.say("effect_overruled", rule=decision.rule)
        return texts.say("effect_setting_overruled")
    if decision.source == Source.MANUAL:
        return texts.say("effect_set", presence=_wanted(decision, texts))
    if decision.rule and decision.before and decision.before != decision.rule:
        key = "effect_after" if decision.before_ended else "effect_over"
        return texts.say(key, rule=decision.rule, before=decision.before)
    if decision.rule:
        return texts.say("effect_rule", rule=decision.rule)
    if decision.before and decision.before_ended:
        return texts.say("effect_ended", before=decision.before)
    return texts.say("effect_own")


def _wanted(decision: PastDecision, texts: Texts) -> str:
    return texts.presence(decision.wanted or "")

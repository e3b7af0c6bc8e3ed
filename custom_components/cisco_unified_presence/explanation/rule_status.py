"""What a rule does now, in one sentence: for whom it is active, or what it waits for."""

from collections.abc import Sequence
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..arbitration import RulesPause
from ..rules import RuleActivity, RuleEvaluation, RuleStatus, async_rule_engine
from .sentence import MAX_SENTENCE
from .texts import Texts, async_system_texts

MORE: Final = "…"


@callback
def async_rule_status(hass: HomeAssistant, rule_id: str) -> str | None:
    """Return what a rule does now in the system's language, None of a rule that is gone."""
    engine = async_rule_engine(hass)
    status = engine.status_of(rule_id)
    if status is None:
        return None
    return rule_status(status, engine.evaluations_of(rule_id), async_system_texts(hass))


def rule_status(status: RuleStatus, evaluations: Sequence[RuleEvaluation], texts: Texts) -> str:
    """Return what a rule does now.

    Args:
        status: Its state.
        evaluations: How it evaluates: once for all, or for each person.
        texts: The texts of a language.
    """
    match status.activity:
        case RuleActivity.OFF:
            return texts.say("status_off")
        case RuleActivity.PAUSED:
            return _paused(status.pause, texts)
        case RuleActivity.RESTING:
            return _for_people("status_resting", status.rests_for, texts)
        case RuleActivity.ON_AND_WINS:
            return _for_people("status_active", status.wins_for, texts)
        case activity if status.about:
            is_held = activity is RuleActivity.HOLDS
            return texts.say("status_holds") if is_held else _not_holding(evaluations, texts)
        case _:
            return texts.say("status_no_people")


def _paused(pause: RulesPause | None, texts: Texts) -> str:
    told = texts.say("status_paused")
    return f"{told} {texts.until(pause.until)}" if pause and pause.until else told


def _for_people(key: str, names: Sequence[str], texts: Texts) -> str:
    """Return what it does for people, with as many names as there is room for."""
    for count in range(len(names), 0, -1):
        listed = [*names[:count], *([MORE] if count < len(names) else [])]
        told = texts.say(key, people=", ".join(listed))
        if len(told) <= MAX_SENTENCE:
            return told
    return _shortened(told)


def _not_holding(evaluations: Sequence[RuleEvaluation], texts: Texts) -> str:
    if len(evaluations) != 1:
        return texts.say("status_waiting_many")
    (evaluation,) = evaluations
    timing = evaluation.timing
    if timing.spent:
        return texts.say("status_ended")
    if timing.true_since is not None:
        return texts.say("status_begins", at=texts.at(timing.true_since + evaluation.times.before))
    facts = [fact for fact in evaluation.facts() if not fact.as_needed]
    if not facts:
        return texts.say("status_waiting_many")
    needs = texts.all_of(texts.need(fact) for fact in facts)
    return _shortened(texts.say("status_waiting", facts=needs))


def _shortened(told: str) -> str:
    return told if len(told) <= MAX_SENTENCE else f"{told[: MAX_SENTENCE - 1]}{MORE}"

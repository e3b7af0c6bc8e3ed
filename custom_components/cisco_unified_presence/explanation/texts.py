"""The texts of explanations in one language, and times and conditions in its words."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..rules import ConditionFact, FactKind, TruthValue

CATEGORY: Final = "config_panel"
_PREFIX: Final = f"component.{DOMAIN}.{CATEGORY}.explanation."
_STATES: Final = f"component.{DOMAIN}.entity.sensor.presence.state."

# Of what is past, or comes later than that, nobody waits for the second.
SECONDS_TOLD_WITHIN: Final = timedelta(minutes=2)


class Texts:
    """The texts of one language."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Initialize with texts by the keys that Home Assistant gives them."""
        self._texts = texts

    def say(self, key: str, **values: str) -> str:
        """Return a text with what it tells; without the text what it would tell."""
        text = self._texts.get(f"{_PREFIX}{key}")
        return text.format(**values) if text is not None else " ".join(values.values())

    def presence(self, state: str) -> str:
        """Return a presence as its sensor shows it, or an activity."""
        if (label := self._texts.get(f"{_STATES}{state}")) is not None:
            return label
        return self.say(f"own_{state}") or state

    def all_of(self, parts: Iterable[str]) -> str:
        joined = ""
        for part in parts:
            joined = self.say("both", first=joined, second=part) if joined else part
        return joined

    # Times

    def until(self, moment: datetime) -> str:
        return self._when("until", moment)

    def since(self, moment: datetime) -> str:
        return self._when("since", moment)

    def at(self, moment: datetime) -> str:
        return self._when("at", moment)

    def _when(self, word: str, moment: datetime) -> str:
        """Return a time of today as a time of day, and of another day with the date."""
        local, today = dt_util.as_local(moment), dt_util.now().date()
        ahead = moment - dt_util.utcnow()
        tells_seconds = local.second and timedelta(0) <= ahead < SECONDS_TOLD_WITHIN
        clock = f"{local:%H:%M:%S}" if tells_seconds else f"{local:%H:%M}"
        if local.date() == today:
            return self.say(f"{word}_clock", time=clock)
        months = self.say("months").split()
        month = months[local.month - 1] if len(months) == 12 else str(local.month)  # noqa: PLR2004
        return self.say(f"{word}_day", day=str(local.day), month=month, time=f"{local:%H:%M}")

    # Conditions

    def fact(self, fact: ConditionFact) -> str:  # noqa: PLR0911 (a table)
        """Return what a condition is now."""
        match fact.kind:
            case FactKind.STATE:
                return self._state_of(fact)
            case FactKind.NUMBER | FactKind.ATTRIBUTE if fact.value is TruthValue.UNKNOWN:
                return self._state_of(fact)
            case FactKind.ATTRIBUTE:
                key, name = f"number_{fact.value}", self._name_of(fact)
                return self.say(key, name=name, expected=self._expected(fact))
            case FactKind.EVENT if fact.value is TruthValue.TRUE:
                return self._event(fact)
            case FactKind.EVENT:
                key = "event_off" if fact.value is TruthValue.FALSE else "event_unknown"
                return self.say(key, name=self.all_of(fact.names))
            case FactKind.NUMBER | FactKind.ZONE:
                key, name = f"{fact.kind}_{fact.value}", self._name_of(fact)
                return self.say(key, name=name, expected=self._expected(fact))
            case FactKind.TIME | FactKind.TEMPLATE | FactKind.UNLINKED | FactKind.CHOICE:
                return self.say(f"{fact.kind}_{fact.value}")
            case FactKind.NAMED:
                return self.say(f"named_{fact.value}", name=self._label(fact.name))
            case FactKind.TARGET:
                return self._target(fact)

    def need(self, fact: ConditionFact) -> str:
        """Return what a condition has to become, as the end of “waits for”."""
        key = "need_not" if fact.negated else "need"
        match fact.kind:
            case FactKind.STATE | FactKind.NUMBER | FactKind.ATTRIBUTE:
                return self.say(key, name=self._name_of(fact), expected=self._expected(fact))
            case FactKind.ZONE:
                return self.say(f"{key}_zone", name=fact.name, expected=self._expected(fact))
            case FactKind.EVENT:
                return self.say(f"{key}_event", name=self.all_of(fact.names))
            case FactKind.NAMED | FactKind.TARGET:
                label = self._label(fact.name)
                if fact.names:
                    label = f"{label} ({', '.join(fact.names)})"
                return self.say(f"{key}_true", name=label)
            case FactKind.TIME | FactKind.TEMPLATE | FactKind.UNLINKED | FactKind.CHOICE:
                return self.fact(fact)

    def _event(self, fact: ConditionFact) -> str:
        told = self.say("event_on", name=self.all_of(fact.names), event=fact.name)
        return f"{told} {self.until(fact.until)}" if fact.until else told

    def _target(self, fact: ConditionFact) -> str:
        names = ", ".join(fact.names)
        told = self.say(f"target_{fact.value}", name=self._label(fact.name), names=names)
        return f"{told} {self.since(fact.since)}" if fact.since else told

    def _state_of(self, fact: ConditionFact) -> str:
        name = self._name_of(fact)
        state = self.state(fact.state or "")
        if fact.since is None:
            return self.say("state", name=name, state=state)
        return self.say("since_state", name=name, state=state, since=self.since(fact.since))

    def _name_of(self, fact: ConditionFact) -> str:
        if fact.attribute is None:
            return fact.name
        return self.say("attribute", name=fact.name, attribute=fact.attribute)

    def state(self, state: str) -> str:
        """Return a state of an entity, as it is where it has no word."""
        label = self._texts.get(f"{_PREFIX}state_{state}") or self._texts.get(f"{_STATES}{state}")
        return state if label is None else label

    def _expected(self, fact: ConditionFact) -> str:
        if fact.kind is FactKind.NUMBER:
            bounds = (each.split(" ", 1) for each in fact.expected)
            return self.all_of(self.say(word, value=value) for word, value in bounds)
        joined = ""
        for state in fact.expected:
            word = self.state(state) if fact.kind is FactKind.STATE else state
            joined = self.say("either", first=joined, second=word) if joined else word
        return joined

    def _label(self, kind: str) -> str:
        """Return the name of a kind of condition as the editor shows it."""
        domain, _, condition = kind.partition(".")
        key = f"component.{domain}.conditions.{condition or '_'}.name"
        return self._texts.get(key) or kind


async def async_texts(hass: HomeAssistant, language: str) -> Texts:
    """Return the texts of a language, those of English where it has none."""
    ours = await async_get_translations(hass, language, CATEGORY, {DOMAIN})
    states = await async_get_translations(hass, language, "entity", {DOMAIN})
    conditions = await async_get_translations(hass, language, "conditions")
    return Texts({**conditions, **states, **ours})


@callback
def async_own_texts(hass: HomeAssistant) -> Texts:
    """Return the texts of explanations alone, in the system's language."""
    language = hass.config.language
    return Texts(async_get_cached_translations(hass, language, CATEGORY, DOMAIN))


@callback
def async_system_texts(hass: HomeAssistant) -> Texts:
    """Return the texts of the system's language, which Home Assistant has read at its start."""
    language = hass.config.language
    found: dict[str, str] = {}
    for category, domain in (("conditions", None), ("entity", DOMAIN), (CATEGORY, DOMAIN)):
        found |= async_get_cached_translations(hass, language, category, domain)
    return Texts(found)

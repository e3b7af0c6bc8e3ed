"""What a rule does now, in the words that its form shows before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..error_messages import without_markup
from ..explanation import Texts, async_texts
from ..people import Person
from ..rules import (
    OWN,
    PersonId,
    Preview,
    PreviewedRule,
    PreviewOutcome,
    Rule,
    async_rule_engine,
    preview_of,
)
from ..runtime import CupConfigEntry

# Of more people the others are counted.
MOST_NAMES: Final = 10

# A rule for thousands is evaluated for these; each is a search through all rules about the person.
MOST_PEOPLE: Final = 200


@dataclass(slots=True)
class _Line:
    """One sentence, and the people about whom it is."""

    sentence: str
    names: list[str] = field(default_factory=list)


async def async_preview(hass: HomeAssistant, rule: Rule, entry_id: str) -> str:
    """Return a list in Markdown: what the rule does for each of its people.

    Raises:
        ConditionsInvalid: The rule cannot use its conditions.
    """
    words = await _Words.async_load(hass)
    trials = async_rule_engine(hass).trials
    people = trials.people_meant_by(rule)
    shown = dict(people[:MOST_PEOPLE])
    if not shown:
        return words.sentence("nobody")
    lines: dict[str, _Line] = {}
    for person_id, previewed in (await trials.async_preview(rule, entry_id, list(shown))).items():
        preview = _preview_of(hass, shown[person_id], person_id, previewed)
        if preview.outcome is PreviewOutcome.OFF:
            return words.sentence(preview.outcome)
        sentence = words.sentence_of(preview)
        line = lines.setdefault(sentence, _Line(sentence))
        line.names.append(shown[person_id].name)
    said = [f"- {each.sentence.format(names=_names(each.names))}" for each in lines.values()]
    if more := len(people) - len(shown):
        said.append(f"- {words.sentence('more', count=str(more))}")
    return "\n".join(said)


def _preview_of(
    hass: HomeAssistant, person: Person, person_id: PersonId, previewed: PreviewedRule
) -> Preview:
    entry: CupConfigEntry = hass.config_entries.async_get_known_entry(person_id[0])
    reconciler = entry.runtime_data.reconciler
    record = reconciler.record_of(person)
    return preview_of(
        previewed,
        manual=record.manual,
        overruled=record.overruled,
        own=reconciler.own_presences.of(person.key),
        now=dt_util.utcnow(),
    )


def _names(names: list[str]) -> str:
    listed = ", ".join(f"**{without_markup(name)}**" for name in names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return f"{listed} (+{more})" if more > 0 else listed


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of a preview in one language."""

    sentences: Mapping[str, str]
    texts: Texts

    @classmethod
    async def async_load(cls, hass: HomeAssistant) -> _Words:
        # A flow does not know the language of its user.
        language = hass.config.language
        sentences = await async_get_translations(hass, language, "config_panel", {DOMAIN})
        return cls(sentences, await async_texts(hass, language))

    def sentence(self, key: str, **placeholders: str) -> str:
        text = self.sentences[f"component.{DOMAIN}.config_panel.preview.{key}"]
        return text.format(**placeholders)

    def sentence_of(self, preview: Preview) -> str:
        """Return a sentence about people, whose names are still to be filled in."""
        begins_at, until = preview.begins_at, preview.until
        return self.sentence(
            _key_of(preview),
            names="{names}",
            presence=self.texts.presence(preview.presence or ""),
            until=self.texts.until(until) if until else "",
            at=self.texts.at(begins_at) if begins_at else "",
            rule=_plain(preview.winner),
            priority=str(preview.priority),
            set_by=_plain(preview.set_by),
            own=self.texts.presence(preview.yields_to or ""),
            facts=_plain("; ".join(map(self.texts.fact, preview.facts))),
        )


def _key_of(preview: Preview) -> str:
    match preview.outcome:
        case PreviewOutcome.WAITS if preview.presence in (None, OWN):
            return f"{preview.outcome}_open"
        case PreviewOutcome.DECIDES if preview.until:
            return f"{preview.outcome}_until"
        case PreviewOutcome.LOSES_TO_MANUAL if preview.set_by:
            return f"{preview.outcome}_by"
        case outcome:
            return outcome


def _plain(text: str | None) -> str:
    # The braces of a template would be taken for placeholders.
    return without_markup(text or "").replace("{", "{{").replace("}", "}}")

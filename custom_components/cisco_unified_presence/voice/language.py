"""What a language needs to be spoken: words, sentences and answers.

Sentences are templates of hassil, Home Assistant's sentence matcher. In place of its lists they
name a part in braces: person, presence, group, hours, minutes, hour, minute, half_day. `<end>` is
where a sentence may say how long something lasts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

type Slots = Mapping[str, str | int | bool]


class IntentType(StrEnum):
    """What can be said, by the names under which Home Assistant knows it."""

    GET = "CupGetPresence"
    FIND = "CupFindPeople"
    EXPLAIN = "CupExplainPresence"
    SET = "CupSetPresence"
    CLEAR = "CupClearPresence"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Sentences, or parts of sentences, and what follows from them."""

    templates: tuple[str, ...]
    slots: Slots


def phrase(*templates: str, **slots: str | int | bool) -> Phrase:
    return Phrase(templates, slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What is answered; the presence words fit after "is" in the language, for any gender."""

    presences: Mapping[str, str]
    until: str
    until_tomorrow: str
    until_date: str
    # The forms of an answer: {name} is a person, {names} are several, {word} a presence.
    plain: str
    yes: str
    no: str
    no_end: str
    unknown_presence: str
    # What replaces a presence word when it is said of several.
    plurals: Mapping[str, str] = field(default_factory=dict)
    several: str
    nobody: str
    nobody_in_group: str
    conjunction: str
    alternative: str
    more: str
    set: str
    cleared: str
    which: str
    same_name: str
    what_about: str
    unknown_person: str
    unknown_group: str
    say_a_name: str
    no_person_of_user: str
    not_controlled: str
    not_allowed: str
    not_connected: str
    not_set_up: str
    bad_end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language, for its sentences and answers.

    Attributes:
        folders: The folders of custom sentences from which Home Assistant reads it.
        honorifics: What may be said before a name, as alternatives.
        presences: What people say for each presence.
        half_days: What people say for the halves of the day, am and pm; empty without.
        ends: How long something lasts.
        sentences: What can be said.
    """

    folders: tuple[str, ...]
    honorifics: str
    presences: Mapping[str, str]
    half_days: Mapping[str, str] = field(default_factory=dict)
    ends: tuple[Phrase, ...]
    sentences: Mapping[IntentType, tuple[Phrase, ...]]
    speech: Speech

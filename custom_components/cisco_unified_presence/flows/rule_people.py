"""The people of a rule in its form: people and groups by name, and places as targets.

A rule stores them as it does in YAML: a list of words and targets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    EntityFilterSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TargetSelectorConfig,
)

from ..const import DOMAIN
from ..rules import PeopleDirectory
from .selectors import RawTargetSelector

type References = list[str | dict[str, Any]]
"""People as a rule stores them."""

# The select entity exists for people whose presence can be set, and for nothing else.
PLACES = RawTargetSelector(
    TargetSelectorConfig(entity=EntityFilterSelectorConfig(integration=DOMAIN, domain="select"))
)


@dataclass(frozen=True, slots=True)
class PeopleOffer:
    """The people and groups from whom a form lets users choose.

    Attributes:
        labels: What is shown for each word that a rule may store.
        directory: Tells which word stands for a target.
    """

    labels: Mapping[str, str]
    directory: PeopleDirectory

    @classmethod
    def of(cls, hass: HomeAssistant) -> Self:
        """Return an offer of everyone whose presence can be set, of unloaded entries too."""
        directory = PeopleDirectory(hass, {})
        return cls(directory.labels(), directory)

    def selector(self, chosen: Iterable[str] = ()) -> SelectSelector:
        """Return a selector; words that were chosen before stay, whatever they mean now."""
        labels = {**self.labels, **{word: word for word in chosen if word not in self.labels}}
        options = [SelectOptionDict(value=word, label=label) for word, label in labels.items()]
        return SelectSelector(SelectSelectorConfig(options=options, multiple=True, sort=True))

    def split(self, stored: Iterable[str | Mapping[str, Any]]) -> tuple[list[str], dict[str, Any]]:
        """Return stored people as the words and the target of a form; none of them is lost."""
        words: list[str] = []
        target: dict[str, list[str]] = {}
        for reference in stored:
            if isinstance(reference, str):
                words.append(reference)
                continue
            for kind, ids in reference.items():
                for identifier in [ids] if isinstance(ids, str) else ids:
                    if word := self.directory.word_of(kind, identifier):
                        words.append(word)
                    else:
                        target.setdefault(kind, []).append(identifier)
        return list(dict.fromkeys(words)), target


def joined(words: Iterable[str], target: Mapping[str, Any]) -> References:
    """Return words and a target as a rule stores them; empty where nobody is chosen."""
    filled = {kind: ids for kind, ids in target.items() if ids}
    return [*words, *([filled] if filled else [])]

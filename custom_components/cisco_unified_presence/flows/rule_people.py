"""The people of a rule in its form: people and groups by name, and places.

A rule stores them as it does in YAML: a list of words and targets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.const import ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    AreaSelector,
    AreaSelectorConfig,
    EntityFilterSelectorConfig,
    FloorSelector,
    FloorSelectorConfig,
    LabelSelector,
    LabelSelectorConfig,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from ..const import DOMAIN
from ..rules import PeopleDirectory

type References = list[str | dict[str, Any]]
"""People as a rule stores them."""

# Of those that people are in: the select exists for people whose presence can be set only.
_WITH_PEOPLE = [EntityFilterSelectorConfig(integration=DOMAIN, domain="select")]

PLACES: Final[Mapping[vol.Optional, Selector[Any]]] = {
    vol.Optional(ATTR_AREA_ID): AreaSelector(
        AreaSelectorConfig(entity=_WITH_PEOPLE, multiple=True)
    ),
    vol.Optional(ATTR_FLOOR_ID): FloorSelector(
        FloorSelectorConfig(entity=_WITH_PEOPLE, multiple=True)
    ),
    vol.Optional(ATTR_LABEL_ID): LabelSelector(LabelSelectorConfig(multiple=True)),
}
_KINDS: Final = tuple(str(key) for key in PLACES)


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
        """Return stored people as the words and the places of a form; none of them is lost.

        An entity or a device that stands for nobody now stays as a word.
        """
        words: list[str] = []
        target: dict[str, list[str]] = {}
        for reference in stored:
            if isinstance(reference, str):
                words.append(reference)
                continue
            for kind, ids in reference.items():
                for identifier in [ids] if isinstance(ids, str) else ids:
                    if kind in _KINDS:
                        target.setdefault(kind, []).append(identifier)
                    else:
                        words.append(self.directory.word_of(kind, identifier) or identifier)
        return list(dict.fromkeys(words)), target


def joined(words: Iterable[str], typed: Mapping[str, Any]) -> References:
    """Return words and places as a rule stores them; empty where nobody is chosen."""
    filled = {kind: typed[kind] for kind in _KINDS if typed.get(kind)}
    return [*words, *([filled] if filled else [])]

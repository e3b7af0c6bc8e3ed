"""A sentence as a rule, and what it means in a world."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from custom_components.cisco_unified_presence.arbitration import OwnPresence
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA, Rule


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence as a user writes it, and what it requests.

    Attributes:
        rule: In YAML; several are a list.
        states: The world in which the sentence is true for someone.
        expected: By user, the state and perhaps the note; None for the own devices.
        own: The people's own presences.
        manual: Whether both are set to Available by hand.
        minutes: How long that world must last until it requests this.
        otherwise: A change of the world after which nothing is requested.
        otherwise_minutes: How long it lasts until that is so.
    """

    rule: str
    states: dict[str, Any]
    expected: dict[str, Any]
    own: dict[str, OwnPresence] = field(default_factory=dict)
    manual: bool = False
    minutes: float = 0
    otherwise: dict[str, Any] = field(default_factory=dict)
    otherwise_minutes: float = 0

    @property
    def rules(self) -> list[Rule]:
        written = yaml.safe_load(self.rule)
        each = written if isinstance(written, list) else [{"name": "Sentence", **written}]
        return [Rule.of(RULE_SCHEMA(rule)) for rule in each]

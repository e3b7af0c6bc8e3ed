"""What the board shows of a rule, in plain JSON: the shapes of frontend/src/messages.ts."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..decision_words import local_iso
from ..explanation import Texts
from ..rules import ConditionReading, FactKind, PersonId, RuleReading, async_rule_engine
from .people import May

EDIT_URL: Final = f"/config/integrations/integration/{DOMAIN}#config_entry="


class RulesView:
    """Describes rules to one user."""

    def __init__(self, hass: HomeAssistant, may: May, texts: Texts, *, is_admin: bool) -> None:
        self._engine = async_rule_engine(hass)
        self._texts = texts
        self._may = may
        self._is_admin = is_admin
        self._entities = er.async_get(hass)

    def may_see(self, rule_id: str) -> bool:
        """Return whether the user may read an entity of a rule.

        A rule without entities is for administrators.
        """
        found = [
            self._entity_id(each, rule_id) for each in (Platform.BINARY_SENSOR, Platform.SWITCH)
        ]
        known = [each for each in found if each]
        return any(self._may(each, POLICY_READ) for each in known) if known else self._is_admin

    def rule(
        self,
        rule_id: str,
        entry_id: str | None,
        order: int,
        ids_of: Callable[[Iterable[PersonId]], list[str]],
    ) -> dict[str, Any] | None:
        """Return a rule, None when it has just gone.

        Args:
            rule_id: The rule's id.
            entry_id: The entry that it belongs to, None for a rule in YAML.
            order: Its place among the rules.
            ids_of: Returns the ids of those people whom the user may see.
        """
        status = self._engine.status_of(rule_id)
        if status is None:
            return None
        switch = self._entity_id(Platform.SWITCH, rule_id)
        registered = self._entities.async_get(switch) if switch else None
        may_control = self._may(switch, POLICY_CONTROL) if switch else self._is_admin
        return {
            "id": rule_id,
            "entry_id": entry_id,
            "subentry_id": rule_id if entry_id else None,
            "name": status.rule.name,
            "presence": status.presence,
            "priority": status.rule.priority,
            "order": order,
            "on": status.enabled,
            "holds": status.since is not None,
            "since": local_iso(status.since),
            "until": local_iso(status.until),
            "status": status.activity.value,
            "people": ids_of(status.about),
            "wins_for": ids_of(status.winning_for),
            "paused": status.pause is not None,
            "paused_until": local_iso(status.pause.until) if status.pause else None,
            "may_control": may_control,
            "switch_entity": switch if registered and not registered.disabled else None,
            "edit_url": f"{EDIT_URL}{entry_id}" if entry_id else None,
            "evaluations": [
                each
                for reading in self._engine.readings_of(rule_id)
                for each in self._evaluation(reading, ids_of)
            ],
        }

    def _evaluation(
        self, reading: RuleReading, ids_of: Callable[[Iterable[PersonId]], list[str]]
    ) -> Iterator[dict[str, Any]]:
        """Yield the conditions of a rule, unless they are about a person whom the user sees not."""
        people: list[str | None] = [*ids_of([reading.person])] if reading.person else [None]
        for person in people:
            yield {
                "person": person,
                "holds": reading.since is not None,
                "since": local_iso(reading.since),
                "conditions": [self._condition(each) for each in reading.conditions],
            }

    def _condition(self, reading: ConditionReading) -> dict[str, Any]:
        return {
            "text": self._text(reading),
            "kind": reading.kind,
            "value": reading.value.value,
            "conditions": [self._condition(each) for each in reading.conditions],
        }

    def _text(self, reading: ConditionReading) -> str:
        if (fact := reading.fact) is not None:
            return fact.name if fact.kind is FactKind.NAMED else self._texts.fact(fact)
        return self._texts.say(f"these_{reading.kind}")

    def _entity_id(self, platform: Platform, rule_id: str) -> str | None:
        return self._entities.async_get_entity_id(platform, DOMAIN, f"rule_{rule_id}")

"""The subscription to rules: all that the user may see, then those that have changed."""

from collections.abc import Iterable
from functools import partial
from typing import Any, override

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..const import DOMAIN
from ..explanation import async_texts
from ..people import Person
from ..pws import in_turns
from ..rules import YAML, PersonId, async_rule_engine
from ..runtime import CupConfigEntry
from .feed import PROTOCOL, Feed, Message, Subscriptions
from .people import id_of, may_see, people_in
from .rules import RulesView

type Described = dict[str, dict[str, Any]]


class RulesFeed(Feed):
    """Follows rules: what they request, for whom they win, and what of their conditions is true."""

    _view: RulesView

    def __init__(
        self, hass: HomeAssistant, connection: ActiveConnection, message_id: int, language: str
    ) -> None:
        super().__init__(hass, connection, message_id, language)
        self._engine = async_rule_engine(hass)
        self._subscriptions = Subscriptions()
        self._changed: set[str] = set()
        self._all_changed = False
        # What the browser knows.
        self._rules: Described = {}

    @override
    async def _async_everything(self) -> Message:
        texts = await async_texts(self.hass, self.language)
        self._view = RulesView(self.hass, self._may, texts, is_admin=self._is_administrator)
        self._subscriptions.async_add(None, self._subscribe_to_all)
        self._subscribe()
        self._rules = await self._async_describe(None)
        return {"protocol": PROTOCOL, "rules": list(self._rules.values())}

    @override
    async def _async_changes(self) -> Message:
        changed, self._changed = self._changed, set()
        whole, self._all_changed = self._all_changed, False
        if whole:
            self._subscribe()
        now = await self._async_describe(None if whole else changed)
        asked = self._rules.keys() if whole else self._rules.keys() & changed
        removed = list(asked - now.keys())
        news = [each for rule_id, each in now.items() if self._rules.get(rule_id) != each]
        self._rules = {key: each for key, each in (self._rules | now).items() if key not in removed}
        message = {"changed": news, "removed": removed}
        return {key: each for key, each in message.items() if each}

    @callback
    @override
    def _unsubscribe_all(self) -> None:
        self._subscriptions.async_end()

    def _subscribe_to_all(self) -> list[CALLBACK_TYPE]:
        return [
            self._engine.async_subscribe_rules(self._note_all),
            self._engine.async_subscribe_directory(self._note_all),
        ]

    @callback
    def _subscribe(self) -> None:
        rule_ids = {rule.id for rule in self._engine.rules}
        self._subscriptions.async_retain({None, *rule_ids})
        for rule_id in rule_ids:
            self._subscriptions.async_add(rule_id, partial(self._subscribe_to_rule, rule_id))

    def _subscribe_to_rule(self, rule_id: str) -> list[CALLBACK_TYPE]:
        return [self._engine.async_subscribe_rule(rule_id, partial(self._note_rule, rule_id))]

    @callback
    def _note_rule(self, rule_id: str) -> None:
        self._changed.add(rule_id)
        self._note()

    @callback
    def _note_all(self) -> None:
        self._all_changed = True
        self._note()

    async def _async_describe(self, rule_ids: set[str] | None) -> Described:
        """Describe these rules, None for all."""
        people = self._people()
        entries = self._entries()
        order = {rule.id: number for number, rule in enumerate(self._engine.rules)}
        described = await in_turns(
            self._view.rule(rule.id, source, order[rule.id], partial(_ids_in, people))
            for source in (YAML, *entries)
            for rule in self._engine.rules_from(source)
            if (rule_ids is None or rule.id in rule_ids) and self._view.may_see(rule.id)
        )
        return {each["id"]: each for each in described if each}

    def _entries(self) -> dict[str, CupConfigEntry]:
        entries = self.hass.config_entries.async_loaded_entries(DOMAIN)
        return {entry.entry_id: entry for entry in entries}

    def _people(self) -> dict[PersonId, tuple[str, str]]:
        """Return the names and ids of the people whom the user may see."""
        return {
            (entry.entry_id, key): (person.name, id_of(entry.entry_id, person.subentry_id))
            for entry in self._entries().values()
            for key, person in people_in(entry).items()
            if person.controlled and self._may_see(entry, person)
        }

    def _may_see(self, entry: CupConfigEntry, person: Person) -> bool:
        return may_see(self.hass, self._may, entry, person, is_admin=self._is_administrator)


def _ids_in(people: dict[PersonId, tuple[str, str]], about: Iterable[PersonId]) -> list[str]:
    """Return the ids of people, by their names."""
    return [found[1] for found in sorted(people[each] for each in about if each in people)]

"""The sentences of an entry's controlled people, kept right as what they tell changes."""

from collections.abc import Callable
from itertools import islice
from typing import Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_change

from ..clock import Burst
from ..people import Person
from ..rules import async_rule_engine
from ..runtime import Runtime
from .person import async_sentence, async_subscribe_circumstances, async_system_sentence
from .texts import async_system_texts

# A sentence about thirty rules takes a fraction of a millisecond.
PEOPLE_PER_TURN: Final = 25

type Listener = Callable[[], None]


class Reasons:
    """Tells in the system's language why people have the presence that they have."""

    def __init__(self, hass: HomeAssistant, runtime: Runtime) -> None:
        self._hass = hass
        self._runtime = runtime
        self._sentences: dict[str, str] = {}
        self._listeners: dict[str, Listener] = {}
        self._outdated: set[str] = set()
        self._burst = Burst(hass, self._update)

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow what concerns all people; the result ends that."""
        hass = self._hass
        unsubscribe = [
            # What is told of today is told with its date tomorrow.
            async_track_time_change(hass, self._day_changed, hour=0, minute=0, second=0),
            hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._configuration_changed),
            async_rule_engine(hass).async_subscribe_rules(self._note_all),
        ]

        @callback
        def stop() -> None:
            while unsubscribe:
                unsubscribe.pop()()

        return stop

    @callback
    def of(self, person: Person) -> str:
        """Return the sentence of a person."""
        key = person.key
        if key not in self._sentences:
            self._sentences[key] = async_system_sentence(self._hass, self._runtime, person)
        return self._sentences[key]

    @callback
    def async_subscribe(self, person: Person, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when the sentence of a person is another one."""
        key = person.key

        @callback
        def note() -> None:
            self._note(key)

        self._listeners[key] = listener
        unsubscribe = async_subscribe_circumstances(self._hass, self._runtime, person, note)

        @callback
        def end() -> None:
            self._listeners.pop(key, None)
            self._sentences.pop(key, None)
            unsubscribe()

        return end

    @callback
    def _note(self, key: str) -> None:
        self._outdated.add(key)
        self._burst.async_note()

    @callback
    def _note_all(self) -> None:
        self._outdated.update(self._listeners)
        self._burst.async_note()

    @callback
    def _day_changed(self, _now: object) -> None:
        self._note_all()

    async def _configuration_changed(self, _event: Event) -> None:
        # Home Assistant may not have read the texts of another language yet.
        for key in tuple(self._listeners):
            if person := self._runtime.coordinator.controlled_person(key):
                language = self._hass.config.language
                await async_sentence(self._hass, self._runtime, person, language)
                break
        self._note_all()

    def _update(self) -> None:
        keys = set(islice(self._outdated, PEOPLE_PER_TURN))
        self._outdated -= keys
        if self._outdated:
            self._burst.async_note()
        texts = async_system_texts(self._hass)
        for key in keys & self._listeners.keys():
            person = self._runtime.coordinator.controlled_person(key)
            if person is None:
                continue
            sentence = async_system_sentence(self._hass, self._runtime, person, texts)
            if self._sentences.get(key) != sentence:
                self._sentences[key] = sentence
                self._listeners[key]()

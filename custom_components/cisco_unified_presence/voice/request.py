"""One thing that was said: by whom, about whom, and in which language."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from ..decision_words import local_iso
from ..runtime import Runtime
from ..states import STATES
from .answers import alternatives, until_in_words
from .directory import SpokenPerson, VoiceDirectory
from .installation import VOICE
from .language import Speech
from .languages import LANGUAGES, code_of
from .memory import Memory, async_memory


class Unanswerable(Exception):
    """Something to say in place of an answer.

    Attributes:
        code: With NO_INTENT_MATCH, a language model may answer instead.
    """

    def __init__(
        self,
        text: str,
        code: intent.IntentResponseErrorCode = intent.IntentResponseErrorCode.FAILED_TO_HANDLE,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


class SeveralPeople(Unanswerable):
    """A name means several people; one of their names answers which one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and the people it is about."""

    text: str
    people: list[SpokenPerson] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Request:
    """What was said.

    Attributes:
        slots: The values of the slots, validated.
        user: Who speaks; None for a satellite, which may ask and set like an automation.
    """

    hass: HomeAssistant
    said: intent.Intent
    slots: dict[str, Any]
    user: User | None
    directory: VoiceDirectory
    speech: Speech
    memory: Memory

    @classmethod
    async def async_of(cls, said: intent.Intent, slots: dict[str, Any]) -> Request:
        """Return the request.

        Raises:
            Unanswerable: There is nobody who can be asked about, or the user is unknown.
        """
        hass = said.hass
        speech = LANGUAGES[code_of(said.language)].speech
        voice = hass.data.get(VOICE)
        directory = await voice.async_directory() if voice else None
        if directory is None or not directory.people:
            raise Unanswerable(speech.not_set_up)
        user = None
        if user_id := said.context.user_id:
            user = await hass.auth.async_get_user(user_id)
            if user is None:
                raise Unanswerable(speech.say_a_name)
        return cls(hass, said, slots, user, directory, speech, async_memory(hass))

    @property
    def language(self) -> str:
        """Return the language of the answer, as translations are named."""
        return code_of(self.said.language)

    def person(self) -> SpokenPerson:
        """Return who is meant: by name, as before in this conversation, or who speaks.

        Raises:
            Unanswerable: Nobody is, several are, or the user may not be told.
        """
        person = self._meant()
        if not person.may_be_read_by(self.hass, self.user):
            raise Unanswerable(self.speech.not_allowed.format(name=person.name))
        self.remember(person)
        return person

    def runtime_of(self, spoken: SpokenPerson) -> Runtime:
        """Return the running parts of a person's entry.

        Raises:
            Unanswerable: The server does not answer.
        """
        runtime = spoken.runtime
        if runtime is None or not spoken.is_connected:
            raise Unanswerable(self.speech.not_connected.format(name=spoken.name))
        return runtime

    def sentence(self, form: str, spoken: SpokenPerson, presence: str | None, **more: str) -> str:
        """Return an answer about one person."""
        word = self.speech.presences[presence] if presence else ""
        return form.format(name=spoken.name, word=word, **more)

    def until(self, until: datetime | None) -> str:
        return until_in_words(self.speech, until, dt_util.utcnow())

    def remember(self, spoken: SpokenPerson) -> None:
        """Remember whom the conversation is about."""
        self.memory.person = spoken.person.subentry_id

    def _meant(self) -> SpokenPerson:
        if name := self.slots.get("name"):
            return self._named(name)
        if self.slots.get("same"):
            return self._same()
        if self.user is None:
            raise Unanswerable(self.speech.say_a_name)
        found = self.directory.person_of_user(self.hass, self.user.id)
        if found is None:
            raise Unanswerable(self.speech.no_person_of_user)
        return found

    def _named(self, name: str) -> SpokenPerson:
        found = self.directory.find(name)
        if not found:
            raise Unanswerable(self.speech.unknown_person.format(name=name))
        if len(found) > 1:
            names = sorted({each.name for each in found})
            if len(names) < len(found):
                raise Unanswerable(self.speech.same_name.format(name=names[0]))
            raise SeveralPeople(self.speech.which.format(names=alternatives(self.speech, names)))
        return found[0]

    def _same(self) -> SpokenPerson:
        found = self.directory.people.get(self.memory.person or "")
        if found is None:
            # A question such as "why?" that is not about presence.
            code = intent.IntentResponseErrorCode.NO_INTENT_MATCH
            raise Unanswerable(self.speech.say_a_name, code)
        return found


def shown_presence(spoken: SpokenPerson) -> str | None:
    """Return the state that is shown of a person, None when it is not known."""
    runtime = spoken.runtime
    seen = runtime.coordinator.presence_of(spoken.person.key) if runtime else None
    return STATES.get(seen.presence) if seen and spoken.is_connected else None


def end_of_presence(spoken: SpokenPerson) -> datetime | None:
    """Return when the presence that is shown ends, as far as Home Assistant decides it."""
    runtime = spoken.runtime
    if runtime is None or not spoken.person.controlled:
        return None
    decision = runtime.reconciler.decision_of(spoken.person)
    if decision.requested is None or decision.overruled:
        return None
    is_shown = STATES.get(decision.requested.presence) == shown_presence(spoken)
    return decision.until if is_shown else None


def facts(spoken: SpokenPerson) -> dict[str, JsonValueType]:
    """Return what a language model is told besides the sentence."""
    runtime, person = spoken.runtime, spoken.person
    found: dict[str, JsonValueType] = {
        "name": person.name,
        "presence": shown_presence(spoken),
        "until": local_iso(end_of_presence(spoken)),
    }
    if runtime is not None and person.controlled:
        decision = runtime.reconciler.decision_of(person)
        found["source"] = decision.source.value
        found["rule"] = decision.rule_request.name if decision.rule_request else None
        found["set_by"] = decision.set_by
    return found

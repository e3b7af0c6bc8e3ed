"""The intents: what is done with what was said."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, Final, override

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import intent
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..error_messages import ErrorTexts
from ..explanation import async_sentence
from ..states import PRESENCES
from .answers import joined
from .directory import SpokenGroup, SpokenPerson
from .ends import BadEnd, end_said
from .language import IntentType
from .memory import Pending
from .request import (
    Answer,
    Request,
    SeveralPeople,
    Unanswerable,
    end_of_presence,
    facts,
    shown_presence,
)

NAME: Final = vol.Optional(
    "name", description="Name of the person; leave it out for the user who speaks"
)
PRESENCE: Final = vol.In(list(PRESENCES))
# Digits are said as floating-point numbers, number words as integers.
NUMBER: Final = vol.Coerce(int)

# With which a person is there, whether or not they may be disturbed.
THERE: Final = frozenset({"available", "busy", "do_not_disturb"})

# Slots that follow from the wording of a sentence, and say nothing to a language model.
SENTENCE_SLOTS: Final = frozenset(
    {"chosen", "half_day", "is_there", "may_disturb", "same", "until_when"}
)


class PresenceIntent(intent.IntentHandler):
    """What all intents have in common: whatever goes wrong is said and not raised."""

    title: ClassVar[str]
    is_query: ClassVar[bool] = True

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        response = intent_obj.create_response()
        slots = self.async_validate_slots(intent_obj.slots)
        values = {key: slot["value"] for key, slot in slots.items()}
        handler: PresenceIntent = self
        try:
            request = await Request.async_of(intent_obj, values)
            handler, request = self._resumed(request)
            answer = await handler._async_answer_or_wait(request)  # noqa: SLF001 (of this class)
        except Unanswerable as error:
            response.async_set_error(error.code, error.text)
            return response
        if handler.is_query:
            response.response_type = intent.IntentResponseType.QUERY_ANSWER
        response.async_set_speech(answer.text)
        response.async_set_speech_slots({"people": [facts(each) for each in answer.people]})
        custom = intent.IntentResponseTargetType.CUSTOM
        response.async_set_results(
            [
                intent.IntentResponseTarget(each.name, custom, each.person.contact)
                for each in answer.people
            ]
        )
        return response

    def _resumed(self, request: Request) -> tuple[PresenceIntent, Request]:
        """Return what is to be done: what waited for a name, where one is said.

        Raises:
            Unanswerable: A name is said, and nothing waits for it.
        """
        pending = request.memory.async_take_pending()
        if not request.slots.get("chosen"):
            return self, request
        name = request.slots["name"]
        if pending is None:
            found = request.directory.find(name)
            text = request.speech.what_about.format(name=found[0].name if found else name)
            raise Unanswerable(text, intent.IntentResponseErrorCode.NO_INTENT_MATCH)
        handler = next(each for each in INTENTS if each.intent_type == pending.intent)
        return handler(), replace(request, slots={**pending.slots, "name": name})

    async def _async_answer_or_wait(self, request: Request) -> Answer:
        try:
            return await self._async_answer(request)
        except SeveralPeople:
            request.memory.pending = Pending(IntentType(self.intent_type), request.slots)
            raise

    @abstractmethod
    async def _async_answer(self, request: Request) -> Answer:
        """Return the answer.

        Raises:
            Unanswerable: There is something to say in its place.
        """


class GetPresence(PresenceIntent):
    """Is Anna busy? Can I disturb Ben? Until when?"""

    intent_type = IntentType.GET
    title = "Get presence"
    description = "Tells the presence of one person, and until when."
    slot_schema = {
        NAME: cv.string,
        vol.Optional("presence", description="Ask whether the person has this presence"): PRESENCE,
        vol.Optional("may_disturb"): cv.boolean,
        vol.Optional("is_there"): cv.boolean,
        vol.Optional("chosen"): cv.boolean,
        vol.Optional("until_when"): cv.boolean,
        vol.Optional("same"): cv.boolean,
    }

    @override
    async def _async_answer(self, request: Request) -> Answer:
        person, slots, speech = request.person(), request.slots, request.speech
        request.runtime_of(person)
        presence, end = shown_presence(person), end_of_presence(person)
        if presence is None:
            return Answer(request.sentence(speech.unknown_presence, person, None), [person])
        form = speech.plain
        if slots.get("until_when"):
            form = speech.plain if end else speech.no_end
        elif asked := _asked(slots):
            form = speech.yes if presence in asked else speech.no
        until = request.until(end)
        return Answer(request.sentence(form, person, presence, until=until), [person])


def _asked(slots: dict[str, Any]) -> frozenset[str]:
    """Return the presences that make the answer yes; none where something else is asked."""
    if slots.get("may_disturb"):
        return frozenset({"available"})
    if slots.get("is_there"):
        return THERE
    return frozenset(filter(None, (slots.get("presence"),)))


class FindPeople(PresenceIntent):
    """Who is available? Is anybody of the hotline free?"""

    intent_type = IntentType.FIND
    title = "Find people by presence"
    description = "Tells who has a presence, among all people or those of a group."
    slot_schema = {
        vol.Required("presence", description="The presence to find"): PRESENCE,
        vol.Optional("group", description="Only people of this group"): cv.string,
    }

    @override
    async def _async_answer(self, request: Request) -> Answer:
        presence, speech = request.slots["presence"], request.speech
        found, group = self._found(request, presence)
        word = speech.presences[presence]
        if not found and group:
            return Answer(speech.nobody_in_group.format(word=word, group=group))
        if not found:
            return Answer(speech.nobody.format(word=word))
        if len(found) == 1:
            request.remember(found[0])
            until = request.until(end_of_presence(found[0]))
            return Answer(request.sentence(speech.plain, found[0], presence, until=until), found)
        names = joined(speech, [each.name for each in found])
        word = speech.plurals.get(presence, word)
        return Answer(speech.several.format(names=names, word=word), found)

    @staticmethod
    def _found(request: Request, presence: str) -> tuple[list[SpokenPerson], str | None]:
        """Return who has a presence, by name, and the name of the group that was asked about."""
        directory, group = request.directory, None
        people = list(directory.people.values())
        asked: Sequence[SpokenPerson | SpokenGroup] = people
        if said := request.slots.get("group"):
            asked = groups = directory.find_groups(said)
            if not groups:
                raise Unanswerable(request.speech.unknown_group.format(name=said))
            people, group = directory.members_of(groups), groups[0].name
        if not any(each.is_connected for each in asked):
            raise Unanswerable(request.speech.not_connected.format(name=asked[0].entry.title))
        # Whom two servers know is one person.
        found = {
            each.person.key: each
            for each in people
            if shown_presence(each) == presence and each.may_be_read_by(request.hass, request.user)
        }
        by_name = sorted(found.values(), key=lambda each: each.name.casefold())
        return by_name, group


class ExplainPresence(PresenceIntent):
    """Why is Anna busy?"""

    intent_type = IntentType.EXPLAIN
    title = "Explain presence"
    description = "Explains why a person has the presence that is shown."
    slot_schema = {
        NAME: cv.string,
        vol.Optional("presence"): PRESENCE,
        vol.Optional("same"): cv.boolean,
    }

    @override
    async def _async_answer(self, request: Request) -> Answer:
        person = request.person()
        runtime = request.runtime_of(person)
        text = await async_sentence(request.hass, runtime, person.person, request.language)
        return Answer(text, [person])


class ActingIntent(PresenceIntent):
    """An intent that calls an action, as the user who speaks."""

    is_query = False

    async def _async_call(
        self, request: Request, action: str, data: dict[str, Any]
    ) -> SpokenPerson:
        """Call an action for the person who is meant.

        Raises:
            Unanswerable: The action says why it cannot be done.
        """
        person = request.person()
        name = person.name
        entities = person.entity_ids(request.hass)
        if not person.person.controlled or not entities:
            raise Unanswerable(request.speech.not_controlled.format(name=name))
        request.runtime_of(person)
        try:
            await request.hass.services.async_call(
                DOMAIN,
                action,
                {ATTR_ENTITY_ID: entities[0], **data},
                blocking=True,
                context=request.said.context,
            )
        except Unauthorized as error:
            raise Unanswerable(request.speech.not_allowed.format(name=name)) from error
        except HomeAssistantError as error:
            texts = await ErrorTexts.async_load(request.hass, request.language)
            raise Unanswerable(texts.sentence(error)) from error
        except vol.Invalid as error:
            raise Unanswerable(request.speech.bad_end) from error
        return person


class SetPresence(ActingIntent):
    """Set Anna to busy until four."""

    intent_type = IntentType.SET
    title = "Set presence"
    description = (
        "Sets the presence of a person manually, for a duration, until a time of day, or until it"
        " is set back to automatic."
    )
    slot_schema = {
        NAME: cv.string,
        vol.Required("presence", description="The presence to set"): PRESENCE,
        vol.Optional("hours", description="For how many hours"): NUMBER,
        vol.Optional("minutes", description="For how many minutes, besides the hours"): NUMBER,
        vol.Optional("until_hour", description="Until this hour of the day, 0 to 23"): NUMBER,
        vol.Optional("until_minute", description="The minute of that hour"): NUMBER,
        vol.Optional("half_day"): vol.In(["am", "pm"]),
        vol.Optional("same"): cv.boolean,
    }

    @override
    async def _async_answer(self, request: Request) -> Answer:
        presence, speech = request.slots["presence"], request.speech
        person = await self._async_call(
            request, "set_presence", {"presence": presence, **self._end(request)}
        )
        manual = request.runtime_of(person).reconciler.record_of(person.person).manual
        until = request.until(manual.until if manual else None)
        return Answer(request.sentence(speech.set, person, presence, until=until), [person])

    @staticmethod
    def _end(request: Request) -> dict[str, Any]:
        try:
            end = end_said(request.slots, dt_util.now())
        except (BadEnd, OverflowError) as error:
            raise Unanswerable(request.speech.bad_end) from error
        if end is None:
            return {}
        return {"duration": end} if isinstance(end, timedelta) else {"until": end}


class ClearPresence(ActingIntent):
    """Set my presence back to automatic."""

    intent_type = IntentType.CLEAR
    title = "Set presence back to automatic"
    description = "Ends what was set manually: rules and the person's devices decide again."
    slot_schema = {NAME: cv.string, vol.Optional("same"): cv.boolean}

    @override
    async def _async_answer(self, request: Request) -> Answer:
        person = await self._async_call(request, "clear_presence", {})
        return Answer(request.sentence(request.speech.cleared, person, None), [person])


INTENTS: Final[tuple[type[PresenceIntent], ...]] = (
    GetPresence,
    FindPeople,
    ExplainPresence,
    SetPresence,
    ClearPresence,
)


@callback
def async_register_intents(hass: HomeAssistant) -> None:
    for each in INTENTS:
        intent.async_register(hass, each())

"""Whom a request is from, and when it cannot be answered."""

from types import SimpleNamespace
from typing import Any, cast

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.cisco_unified_presence.voice.directory import SpokenPerson
from custom_components.cisco_unified_presence.voice.installation import VOICE, VoiceSentences
from custom_components.cisco_unified_presence.voice.languages import LANGUAGES
from custom_components.cisco_unified_presence.voice.request import Request, Unanswerable

from .test_directory_finding import BEST, anna, server

SPEECH = LANGUAGES["en"].speech


async def asked(hass: HomeAssistant, user_id: str | None, *people: str) -> Request:
    async def directory() -> Any:
        return SimpleNamespace(people=dict.fromkeys(people))

    voice = SimpleNamespace(async_directory=directory)
    hass.data[VOICE] = cast("VoiceSentences", voice)
    said = SimpleNamespace(hass=hass, language="en-GB", context=Context(user_id=user_id))
    return await Request.async_of(cast("intent.Intent", said), {})


async def test_who_asks(hass: HomeAssistant) -> None:
    user = MockUser().add_to_hass(hass)
    request = await asked(hass, user.id, "anna")
    assert (request.user, request.language, request.speech) == (user, "en", SPEECH)
    assert (await asked(hass, None, "anna")).user is None


@pytest.mark.parametrize(
    ("user_id", "people", "answer"),
    [("gone", ("anna",), SPEECH.say_a_name), (None, (), SPEECH.not_set_up)],
)
async def test_what_cannot_be_answered(
    hass: HomeAssistant, user_id: str | None, people: tuple[str, ...], answer: str
) -> None:
    with pytest.raises(Unanswerable) as error:
        await asked(hass, user_id, *people)
    assert str(error.value) == answer


@pytest.mark.parametrize("state", [{"reachable": False}, {"is_loaded": False}])
async def test_the_server_of_a_person_has_to_be_connected(
    hass: HomeAssistant, state: dict[str, Any]
) -> None:
    request = await asked(hass, None, "anna")
    silent = SpokenPerson(anna("anna"), server(**state))
    with pytest.raises(Unanswerable) as error:
        request.runtime_of(silent)
    assert str(error.value) == SPEECH.not_connected.format(name="Anna Lindqvist")
    assert request.runtime_of(BEST) is BEST.runtime


async def test_without_sentences_nothing_is_answered(hass: HomeAssistant) -> None:
    said = SimpleNamespace(hass=hass, language="en", context=Context())
    with pytest.raises(Unanswerable) as error:
        await Request.async_of(cast("intent.Intent", said), {})
    assert str(error.value) == SPEECH.not_set_up

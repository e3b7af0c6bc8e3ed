"""What can be said in each language, word for word, and what is answered."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseErrorCode
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_mock_service,
)

from .sentences import OTHERS, PRONOUNS, SAID, UNKNOWN, VARIANTS
from .speaking import Speaker


@pytest.mark.parametrize("language", SAID)
async def test_sentences_are_answered_and_others_go_on_working(
    hass: HomeAssistant, office: MockConfigEntry, hass_admin_user: MockUser, language: str
) -> None:
    """Anna Lindqvist is busy, Ben and Sören are available, Anna Kessler is on vacation."""
    speaker = Speaker(hass, language, hass_admin_user.id)
    answers = {said: await speaker.says(said) for said in SAID[language]}
    assert answers == SAID[language]

    for code, said in VARIANTS[language].items():
        assert (await Speaker(hass, code).responds(said)).error_code is None

    speaker = Speaker(hass, language)
    about_ben, set_until_four = PRONOUNS[language]
    assert (await speaker.says(about_ben)).find("Ben Okafor") >= 0
    answer = await speaker.says(set_until_four)
    assert "Ben Okafor" in answer
    assert "16:00" in answer

    lamp, clock = OTHERS[language]
    calls = async_mock_service(hass, "light", "turn_on")
    await speaker.responds(lamp)
    assert [each.data["entity_id"] for each in calls] == [["light.lamp"]]
    assert "11" in await speaker.says(clock)

    unknown = await speaker.responds(UNKNOWN[language])
    assert unknown.error_code is IntentResponseErrorCode.NO_VALID_TARGETS


def test_there_are_enough_sentences_in_each_language() -> None:
    assert all(len(each) > 20 for each in SAID.values())

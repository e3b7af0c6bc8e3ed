"""What can be said in each language, word for word, and what is answered."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseErrorCode
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_mock_service,
)

from .sentences import OTHERS, SAID, UNKNOWN
from .speaking import Speaker


@pytest.mark.parametrize("language", SAID)
async def test_sentences_are_answered(
    hass: HomeAssistant, office: MockConfigEntry, hass_admin_user: MockUser, language: str
) -> None:
    """Anna Lindqvist is busy, Ben and Sören are available, Anna Kessler is on vacation."""
    speaker = Speaker(hass, language, hass_admin_user.id)
    answers = {said: await speaker.says(said) for said in SAID[language]}
    assert answers == SAID[language]


@pytest.mark.parametrize("language", OTHERS)
async def test_other_sentences_go_on_working(
    hass: HomeAssistant, office: MockConfigEntry, language: str
) -> None:
    speaker, calls = Speaker(hass, language), async_mock_service(hass, "light", "turn_on")
    lamp, clock = OTHERS[language]
    await speaker.responds(lamp)
    assert [each.data["entity_id"] for each in calls] == [["light.lamp"]]
    assert "11" in await speaker.says(clock)


@pytest.mark.parametrize("language", UNKNOWN)
async def test_who_is_not_there_is_not_known(
    hass: HomeAssistant, office: MockConfigEntry, language: str
) -> None:
    response = await Speaker(hass, language).responds(UNKNOWN[language])
    assert response.error_code is IntentResponseErrorCode.NO_VALID_TARGETS


def test_there_are_enough_sentences_in_each_language() -> None:
    assert all(len(each) > 20 for each in SAID.values())

"""Who may ask and set, about whom, and what is answered when it cannot be done."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import (
    IntentResponseErrorCode,
    IntentResponseTarget,
    IntentResponseTargetType,
    IntentResponseType,
    async_handle,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
    async_mock_service,
)

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.voice import VOICE, async_register_intents
from custom_components.cisco_unified_presence.voice.directory import (
    SpokenGroup,
    SpokenPerson,
    VoiceDirectory,
)
from custom_components.cisco_unified_presence.voice.installation import VoiceSentences
from tests.common.entry import add_group, add_person, person
from tests.common.server import Cup
from tests.common.states import shown

from .speaking import Speaker, rewritten
from .test_directory_finding import BEST, anna, directory, server

NO_RIGHTS: dict[str, Any] = {}
READS = {"entities": {"all": {"read": True}}}
READS_BEN = {"entities": {"entity_ids": {"sensor.ben_okafor_presence": {"read": True}}}}


def user_with(hass: HomeAssistant, policy: dict[str, Any]) -> MockUser:
    user = MockUser(name="Guest").add_to_hass(hass)
    user.mock_policy(policy)
    return user


async def test_who_may_only_read_sets_nothing(
    hass: HomeAssistant, office: MockConfigEntry, cup: Cup
) -> None:
    speaker = Speaker(hass, "en", user_with(hass, READS).id)
    assert await speaker.says("is Ben free") == "Yes, Ben Okafor is available."
    answer = await speaker.says("set Ben to busy")
    assert answer == "You don't have permission to do that for Ben Okafor."
    assert await cup.presence_of("ben") == "AVAILABLE"


async def test_who_may_read_one_is_told_of_one(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    speaker = Speaker(hass, "en", user_with(hass, READS_BEN).id)
    assert await speaker.says("who is available") == "Ben Okafor is available."
    answer = await speaker.says("is Sören free")
    assert answer == "You don't have permission to do that for Dr. Sören Weiß."
    answer = await Speaker(hass, "en", user_with(hass, NO_RIGHTS).id).says("who is available")
    assert answer == "Nobody is available."


async def test_a_satellite_asks_and_sets_as_an_automation(
    hass: HomeAssistant, office: MockConfigEntry, cup: Cup
) -> None:
    satellite = Speaker(hass, "en")
    answer = await satellite.says("set Ben to busy for half an hour")
    assert answer == "Ben Okafor is now busy until 11:45."
    assert await cup.presence_of("ben") == "BUSY"
    for said in ("am I busy", "set me to busy"):
        answer = await satellite.says(said)
        assert answer == "I can't tell who is speaking. Please say a name."


async def test_what_a_spoken_request_calls(hass: HomeAssistant, office: MockConfigEntry) -> None:
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    ben = {"entity_id": "sensor.ben_okafor_presence"}
    speaker = Speaker(hass, "en")
    for said in (
        "set Ben to busy for half an hour",
        "set Ben to away until 4 pm",
        "set Ben to away",
    ):
        await speaker.says(said)
    response = await speaker.responds("set Ben back to automatic")
    assert response.response_type is IntentResponseType.ACTION_DONE
    ours = [each.data for each in calls if each.data["domain"] == DOMAIN]
    four = datetime(2026, 11, 30, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    assert [(each["service"], each["service_data"]) for each in ours] == [
        ("set_presence", {**ben, "presence": "busy", "duration": timedelta(minutes=30)}),
        ("set_presence", {**ben, "presence": "away", "until": four}),
        ("set_presence", {**ben, "presence": "away"}),
        ("clear_presence", ben),
    ]


async def test_what_a_question_is_answered_with(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    speaker = Speaker(hass, "en")
    response = await speaker.responds("who is available")
    assert response.response_type is IntentResponseType.QUERY_ANSWER
    assert response.success_results == [
        IntentResponseTarget("Ben Okafor", IntentResponseTargetType.CUSTOM, "ben@example.com"),
        IntentResponseTarget(
            "Dr. Sören Weiß", IntentResponseTargetType.CUSTOM, "soeren@example.com"
        ),
    ]
    assert await speaker.says("is Ben there?") == "Yes, Ben Okafor is available."
    assert await speaker.says("is Anna Lindqvist there?") == "Yes, Anna Lindqvist is busy."
    assert await speaker.says("is Émile there?") == "No, Émile d'Arc-Dubois is away."
    # The only one who is found is the one whom the conversation is about.
    assert await speaker.says("who is on vacation") == "Anna Kessler is on vacation."
    answer = await speaker.says("until when?")
    assert answer == "Anna Kessler is on vacation, without a known end."
    await speaker.says("set Ben to do not disturb")
    assert await speaker.says("is Ben there?") == "Yes, Ben Okafor is on do not disturb."


async def test_a_person_without_entities_cannot_be_set(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, office.entry_id):
        if entity.unique_id.endswith("_ben@example.com_presence"):
            registry.async_remove(entity.entity_id)
    await rewritten(hass)
    answer = await Speaker(hass, "en").says("set Ben to busy")
    assert answer == "The presence of Ben Okafor can't be set from Home Assistant."


async def test_a_group_without_people_has_nobody(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    add_group(hass, office, "Kitchen", {"label_id": ["cooks"]})
    await rewritten(hass)
    answer = await Speaker(hass, "en").says("who in the kitchen is busy")
    assert answer == "Nobody in Kitchen is busy."


@pytest.mark.parametrize("state", [{"reachable": False}, {"is_loaded": False}])
async def test_of_a_group_its_own_server_has_to_be_connected(
    hass: HomeAssistant, state: dict[str, Any]
) -> None:
    silent = server(groups={"hotline": SimpleNamespace(members=[anna("silent")])}, **state)
    spoken = directory(
        BEST,
        SpokenPerson(anna("silent"), silent),
        groups={"hotline": SpokenGroup("Hotline", "hotline", silent)},
    )

    async def known() -> VoiceDirectory:
        return spoken

    hass.data[VOICE] = cast("VoiceSentences", SimpleNamespace(async_directory=known))
    async_register_intents(hass)
    slots = {"presence": {"value": "busy"}, "group": {"value": "Hotline"}}
    response = await async_handle(hass, DOMAIN, "CupFindPeople", slots, language="en")
    answer = response.speech["plain"]["speech"]
    assert answer == f"The server of {silent.title} is not connected."


async def test_me_is_the_linked_person_before_the_name(
    hass: HomeAssistant, office: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    anna = next(each for each in office.subentries.values() if each.title == "Anna Lindqvist")
    hass.config_entries.async_update_subentry(
        office, anna, data={**anna.data, "link_person": "person.ben"}
    )
    await rewritten(hass)
    speaker = Speaker(hass, "en", hass_admin_user.id)
    assert await speaker.says("am I busy") == "Yes, Anna Lindqvist is busy."


async def test_a_user_without_a_person_has_to_say_a_name(
    hass: HomeAssistant, office: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    answer = await Speaker(hass, "en", hass_read_only_user.id).says("am I busy")
    assert answer == "I don't know which person you are. Link your user to a person."


async def test_a_question_about_nothing_is_left_to_others(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    for said in ("why?", "until when?", "set her to busy", "Anna Lindqvist"):
        response = await Speaker(hass, "en").responds(said)
        assert response.error_code is IntentResponseErrorCode.NO_INTENT_MATCH


async def test_which_one_is_answered_by_a_name(
    hass: HomeAssistant, office: MockConfigEntry, cup: Cup
) -> None:
    speaker = Speaker(hass, "en")
    which = "Which one: Anna Kessler or Anna Lindqvist?"
    assert await speaker.says("set Anna to away for half an hour") == which
    answer = await speaker.says("Anna Lindqvist")
    assert answer == "Anna Lindqvist is now away until 11:45."
    assert await cup.presence_of("anna") == "AWAY"
    assert await speaker.says("is Anna away") == which
    assert await speaker.says("is Ben free") == "Yes, Ben Okafor is available."
    response = await speaker.responds("I mean Anna Kessler")
    assert response.error_code is IntentResponseErrorCode.NO_INTENT_MATCH
    assert response.speech["plain"]["speech"] == "What about Anna Kessler?"


async def test_a_name_for_which_nothing_waits_may_be_anyones(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    slots = {"name": {"value": "Zoe"}, "chosen": {"value": True}}
    response = await async_handle(hass, DOMAIN, "CupGetPresence", slots, language="en")
    assert response.error_code is IntentResponseErrorCode.NO_INTENT_MATCH
    assert response.speech["plain"]["speech"] == "What about Zoe?"


async def test_nothing_is_set_at_a_server_that_is_not_connected(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(office.entry_id)
    speaker = Speaker(hass, "en")
    for said in ("set Ben to busy", "set Ben back to automatic", "why is Ben busy"):
        assert await speaker.says(said) == "The server of Ben Okafor is not connected."


async def test_what_was_set_may_be_gone_before_it_is_told(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    async_mock_service(hass, DOMAIN, "set_presence")
    answer = await Speaker(hass, "en").says("set Ben to busy for half an hour")
    assert answer == "Ben Okafor is now busy."


async def test_people_who_are_called_the_same_need_aliases(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    emile = next(each for each in office.subentries.values() if each.title.startswith("Émile"))
    hass.config_entries.async_update_subentry(office, emile, title="Ben Okafor")
    await rewritten(hass)
    answer = await Speaker(hass, "en").says("is Ben free")
    assert answer == "Several people are called Ben Okafor. Give them different aliases."
    assert await Speaker(hass, "en").says("is Benny free") == "Yes, Ben Okafor is available."


async def test_conversations_do_not_mix(hass: HomeAssistant, office: MockConfigEntry) -> None:
    one, other = Speaker(hass, "en"), Speaker(hass, "en")
    await one.says("is Ben free")
    await other.says("is Émile away")
    assert await one.says("until when?") == "Ben Okafor is available, without a known end."
    assert await other.says("until when?") == "Émile d'Arc-Dubois is away, without a known end."


async def test_the_end_of_another_day_is_told_with_the_day(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    speaker = Speaker(hass, "en")
    answer = await speaker.says("set Ben to away until 9 am")
    assert answer == "Ben Okafor is now away until tomorrow 09:00."
    await hass.services.async_call(
        DOMAIN,
        "set_presence",
        {
            "entity_id": "sensor.ben_okafor_presence",
            "presence": "vacation",
            "until": "2026-12-24 12:00:00",
        },
        blocking=True,
    )
    answer = await speaker.says("is Ben on vacation")
    assert answer == "Yes, Ben Okafor is on vacation until 2026-12-24 12:00."


async def test_why_of_a_person_who_is_only_watched(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    answer = await Speaker(hass, "en").says("why is Anna Kessler on vacation")
    assert answer.startswith("Anna Kessler is on vacation")


async def test_errors_of_the_server_are_said_in_the_language(
    hass: HomeAssistant, office: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=200, path="/ben/")
    response = await Speaker(hass, "de").responds("stelle Ben auf beschäftigt")
    assert response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert "Ben" in response.speech["plain"]["speech"]
    await cup.heal()


async def test_two_entries_are_spoken_about_together(
    hass: HomeAssistant, office: MockConfigEntry, cup: Cup
) -> None:
    other = MockConfigEntry(
        domain=DOMAIN,
        title="Branch",
        unique_id="example.com/branch",
        data={**office.data, "webhook_id": "f" * 64},
        options={"voice_sentences": True},
        subentries_data=[person("ben", name="Ben Okafor"), person("watcher", name="Anna Smith")],
    )
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)
    await rewritten(hass)
    speaker = Speaker(hass, "en")
    assert await speaker.says("is Ben free") == "Yes, Ben Okafor is available."
    # Whom both servers know is one person.
    answer = await speaker.says("who is available")
    assert answer == "Anna Smith, Ben Okafor and Dr. Sören Weiß are available."
    assert await speaker.says("set Ben to busy") == "Ben Okafor is now busy."
    answer = await speaker.says("is Anna busy")
    assert answer == "Which one: Anna Kessler, Anna Lindqvist or Anna Smith?"
    assert shown(hass, "sensor.ben_okafor_presence") == "busy"
    hass.config_entries.async_update_entry(other, options={})
    await rewritten(hass)
    answer = await speaker.says("is Anna busy")
    assert answer == "Which one: Anna Kessler or Anna Lindqvist?"
    await hass.config_entries.async_unload(other.entry_id)


async def test_exposure_plays_no_part(hass: HomeAssistant, office: MockConfigEntry) -> None:
    registry = er.async_get(hass)
    options = registry.async_get("sensor.ben_okafor_presence")
    assert options is not None
    told: dict[str, Any] = dict(options.options.get("conversation", {}))
    assert not told.get("should_expose")
    assert await Speaker(hass, "en").says("is Ben free") == "Yes, Ben Okafor is available."


async def test_what_is_not_known_is_said(hass: HomeAssistant, office: MockConfigEntry) -> None:
    """The server has nobody of this name."""
    add_person(hass, office, "zoe")
    await rewritten(hass)
    answer = await Speaker(hass, "en").says("is Zoe free")
    assert answer == "The presence of Zoe is not known right now."


async def test_without_people_a_language_model_is_told_so(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(office, options={})
    await rewritten(hass)
    response = await async_handle(
        hass, DOMAIN, "CupFindPeople", {"presence": {"value": "busy"}}, language="en"
    )
    assert response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert response.speech["plain"]["speech"] == "No people are set up for voice."

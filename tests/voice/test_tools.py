"""The tools of language models: what they ask for, and what they are told."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion
import voluptuous as vol

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.llm import async_get_tools
from custom_components.cisco_unified_presence.voice import PROMPT, tools
from custom_components.cisco_unified_presence.voice.intents import INTENTS
from tests.common.server import Cup

from .test_intents import READS, user_with

GET, FIND, EXPLAIN, SET, CLEAR = (
    f"{DOMAIN}__Cup{each}"
    for each in (
        "GetPresence",
        "FindPeople",
        "ExplainPresence",
        "SetPresence",
        "ClearPresence",
    )
)


async def tools_of(hass: HomeAssistant, user_id: str | None = None) -> llm.APIInstance:
    context = llm.LLMContext(
        platform="test",
        context=Context(user_id=user_id),
        language="en",
        assistant="conversation",
        device_id=None,
    )
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)


async def call(api: llm.APIInstance, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await api.async_call_tool(llm.ToolInput(tool, arguments))
    assert isinstance(result.data, dict)
    return result.data


async def test_tools_have_the_names_of_now(hass: HomeAssistant, office: MockConfigEntry) -> None:
    api = await tools_of(hass)
    tools = {each.name: each for each in api.tools if each.integration == DOMAIN}
    assert tools.keys() == {GET, FIND, EXPLAIN, SET, CLEAR}
    assert {name: each.annotations.read_only for name, each in tools.items()} == {
        GET: True,
        FIND: True,
        EXPLAIN: True,
        SET: False,
        CLEAR: False,
    }
    assert not any(each.annotations.destructive for each in tools.values())
    asked = probatio.to_openapi(tools[SET].parameters)["properties"]
    assert asked.keys() == {
        *("name", "presence", "hours", "minutes", "until_hour", "until_minute"),
    }
    assert "Dr. Weiß, Sören (IT)" in asked["name"]["enum"]
    assert asked["hours"]["type"] == "integer"
    assert probatio.to_openapi(tools[FIND].parameters)["properties"]["group"]["enum"] == ["Hotline"]


async def test_a_model_asks_and_is_told_facts(hass: HomeAssistant, office: MockConfigEntry) -> None:
    api = await tools_of(hass)
    told = await call(api, FIND, presence="available", group="Hotline")
    assert told["speech"]["plain"]["speech"] == "Ben Okafor is available."
    told = await call(api, SET, name="Dr. Weiß, Sören (IT)", presence="busy", until_hour=16)
    assert told["speech_slots"]["people"] == [
        {
            "name": "Dr. Weiß, Sören (IT)",
            "presence": "busy",
            "until": "2026-11-30T16:00:00+01:00",
            "source": "manual",
            "rule": None,
            "set_by": None,
        }
    ]
    told = await call(api, EXPLAIN, name="Sören Weiß")
    assert "until 16:00" in told["speech"]["plain"]["speech"]
    told = await call(api, CLEAR, name="Sören")
    assert told["response_type"] == "action_done"


async def test_what_a_model_gets_wrong_is_said(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    api = await tools_of(hass)
    ben = {"name": "Ben Okafor", "presence": "busy"}
    wrong: list[tuple[str, dict[str, Any], str]] = [
        (GET, {"name": "Zoe"}, "I don't know anyone called Zoe."),
        (FIND, {"presence": "busy", "group": "Kitchen"}, "I don't know a group called Kitchen."),
        (SET, {**ben, "minutes": -5}, "I didn't understand until when."),
        (SET, {**ben, "hours": 99999}, "I didn't understand until when."),
        (SET, {**ben, "hours": 10**12}, "I didn't understand until when."),
        (SET, {**ben, "until_hour": 99}, "I didn't understand until when."),
        (SET, {"presence": "busy"}, "I can't tell who is speaking. Please say a name."),
    ]
    for tool, arguments, answer in wrong:
        handler = next(each for each in api.tools if each.name == tool)
        # A model may send what is not among the choices.
        result = await handler.async_call(hass, llm.ToolInput(tool, arguments), api.llm_context)
        assert isinstance(result, llm.ToolResult)
        assert isinstance(result.data, dict)
        told: dict[str, Any] = result.data
        assert told["speech"]["plain"]["speech"] == answer


async def test_a_model_has_the_permissions_of_its_user(
    hass: HomeAssistant, office: MockConfigEntry, cup: Cup
) -> None:
    api = await tools_of(hass, user_with(hass, READS).id)
    told = await call(api, SET, name="Ben Okafor", presence="busy")
    assert told["response_type"] == "error"
    assert await cup.presence_of("ben") == "AVAILABLE"


@pytest.mark.parametrize("entry_options", [{}])
async def test_there_are_no_tools_without_the_option(
    hass: HomeAssistant, assist: None, loaded: MockConfigEntry
) -> None:
    api = await tools_of(hass)
    assert not [each for each in api.tools if each.integration == DOMAIN]
    assert PROMPT not in api.api_prompt


async def test_tools_are_for_the_api_that_controls_home_assistant(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    api = await tools_of(hass)
    assert PROMPT in api.api_prompt
    assert async_get_tools(hass, api.llm_context, llm.LLM_API_ASSIST) is not None
    assert async_get_tools(hass, api.llm_context, "another") is None


async def test_what_a_model_is_told_of_the_tools(
    hass: HomeAssistant, office: MockConfigEntry, snapshot: SnapshotAssertion
) -> None:
    told = {
        each.name: {
            "title": each.title,
            "description": each.description,
            "hints": [
                hint
                for hint in ("read_only", "destructive", "idempotent", "open_world")
                if getattr(each.annotations, hint)
            ],
            "parameters": probatio.to_openapi(each.parameters)["properties"],
        }
        for each in (await tools_of(hass)).tools
        if each.integration == DOMAIN
    }
    assert told == snapshot
    assert snapshot(name="prompt") == PROMPT


def test_what_a_sentence_may_say(snapshot: SnapshotAssertion) -> None:
    slots = {
        str(each.intent_type): {
            f"{type(key).__name__} {key}": key.description for key in each().slot_schema or {}
        }
        for each in INTENTS
    }
    assert slots == snapshot
    for each in INTENTS:
        half_day = (each().slot_schema or {}).get("half_day")
        if half_day is not None:
            assert vol.Schema(half_day)("am") == "am"
            assert vol.Schema(half_day)("pm") == "pm"


async def test_names_are_listed_up_to_a_number(
    hass: HomeAssistant, office: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = len(list(office.get_subentries_of_type("person")))
    assert tools.MOST_NAMES == 200
    for most, is_listed in ((count, True), (count - 1, False)):
        monkeypatch.setattr(tools, "MOST_NAMES", most)
        get = next(each for each in (await tools_of(hass)).tools if each.name == GET)
        assert ("enum" in probatio.to_openapi(get.parameters)["properties"]["name"]) is is_listed


async def test_names_are_listed_in_the_order_of_the_alphabet(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    ben = next(each for each in office.subentries.values() if each.title == "Ben Okafor")
    hass.config_entries.async_update_subentry(office, ben, title="ben okafor")
    get = next(each for each in (await tools_of(hass)).tools if each.name == GET)
    assert probatio.to_openapi(get.parameters)["properties"]["name"]["enum"] == [
        "Anna Kessler",
        "Anna Lindqvist",
        "ben okafor",
        "Dr. Weiß, Sören (IT)",
        "Émile d'Arc-Dubois",
    ]


async def test_without_groups_none_is_asked_for(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    (group,) = office.get_subentries_of_type("group")
    hass.config_entries.async_remove_subentry(office, group.subentry_id)
    find = next(each for each in (await tools_of(hass)).tools if each.name == FIND)
    assert probatio.to_openapi(find.parameters)["properties"].keys() == {"presence"}

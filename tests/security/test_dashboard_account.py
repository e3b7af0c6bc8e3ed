"""What a user without administrator's rights can read and do."""

import json
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import FIXABLE, Issue, async_raise_issue
from tests.common.entry import SECRET
from tests.common.live_channel import issue_of
from tests.common.server import PASSWORD, Cup
from tests.common.waiting import settled

# Commands that every user may send.
COMMANDS: tuple[dict[str, Any], ...] = (
    {"type": "get_states"},
    {"type": "get_config"},
    {"type": "get_services"},
    {"type": "config_entries/get"},
    {"type": "config/entity_registry/list"},
    {"type": "config/device_registry/list"},
    {"type": "repairs/list_issues"},
    {"type": "manifest/get", "integration": DOMAIN},
)

ADMINISTRATORS_COMMANDS: tuple[dict[str, Any], ...] = (
    {"type": "config_entries/subentries/list", "entry_id": "x"},
    {"type": "subscribe_trigger", "trigger": {"platform": "homeassistant", "event": "start"}},
)


@pytest.fixture
async def token(hass: HomeAssistant, local_auth: Any) -> str:
    """The token of a user without administrator's rights."""
    group = await hass.auth.async_get_group(GROUP_ID_USER)
    user = MockUser(groups=[group]).add_to_hass(hass)
    refresh = await hass.auth.async_create_refresh_token(user, CLIENT_ID)
    return hass.auth.async_create_access_token(refresh)


@pytest.fixture
async def interface(hass: HomeAssistant, socket_enabled: None) -> None:
    """Set up what Home Assistant's pages need, before the web server starts."""
    for component in ("websocket_api", "repairs", "diagnostics", "config", "system_health"):
        assert await async_setup_component(hass, component, {})


@pytest.fixture
async def entry_with_issues(
    hass: HomeAssistant, interface: None, loaded: MockConfigEntry, cup: Cup
) -> MockConfigEntry:
    """An entry with every issue, each with the callback's address."""
    await settled(cup)
    url = loaded.runtime_data.callback_url
    assert SECRET in url
    for issue in Issue:
        async_raise_issue(hass, loaded, issue, url=url, tried=url)
    return loaded


async def test_no_answer_contains_a_secret(
    entry_with_issues: MockConfigEntry,
    cup: Cup,
    token: str,
    hass_ws_client: WebSocketGenerator,
    hass: Any,
) -> None:
    secrets = {PASSWORD, SECRET, *(each.key for each in cup.simulator.service.sessions)}
    client = await hass_ws_client(hass, token)
    of_issue = {"type": "repairs/get_issue_data", "domain": DOMAIN}
    issues = [
        {**of_issue, "issue_id": f"{issue}_{entry_with_issues.entry_id}"}
        for issue in Issue
        if issue in FIXABLE
    ]
    for command in (*COMMANDS, *issues):
        await client.send_json_auto_id(command)
        answer = await client.receive_json()
        assert answer["success"], command
        text = json.dumps(answer)
        assert not [secret for secret in secrets if secret in text], command


async def test_an_issue_shows_the_address_without_its_secret(
    hass: HomeAssistant, entry_with_issues: MockConfigEntry, web_server: str
) -> None:
    issue = issue_of(hass, entry_with_issues, Issue.CALLBACK_UNREACHABLE)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["url"] == f"{web_server}/api/webhook/…"
    assert SECRET not in repr(issue)


async def test_system_health_shows_no_secret(
    hass: HomeAssistant,
    entry_with_issues: MockConfigEntry,
    cup: Cup,
    token: str,
    hass_ws_client: WebSocketGenerator,
) -> None:
    secrets = {PASSWORD, SECRET, *(each.key for each in cup.simulator.service.sessions)}
    client = await hass_ws_client(hass, token)
    await client.send_json_auto_id({"type": "system_health/info"})
    answers = [await client.receive_json()]
    while answers[-1].get("event", {}).get("type") != "finish":
        answers.append(await client.receive_json())
    assert DOMAIN in json.dumps(answers)
    assert not [secret for secret in secrets if secret in json.dumps(answers)]


async def test_commands_of_administrators_are_refused(
    hass: HomeAssistant,
    entry_with_issues: MockConfigEntry,
    token: str,
    hass_ws_client: WebSocketGenerator,
) -> None:
    client = await hass_ws_client(hass, token)
    for command in ADMINISTRATORS_COMMANDS:
        await client.send_json_auto_id(command)
        answer = await client.receive_json()
        assert not answer["success"], command
        assert answer["error"]["code"] == "unauthorized", command


async def test_nothing_is_configured_repaired_or_downloaded(
    hass: HomeAssistant,
    entry_with_issues: ConfigEntry,
    token: str,
    hass_client: ClientSessionGenerator,
) -> None:
    client = await hass_client(token)
    before = dict(entry_with_issues.data), dict(entry_with_issues.options)
    issue = f"{Issue.CERTIFICATE_CHANGED}_{entry_with_issues.entry_id}"
    for path, data in (
        ("/api/config/config_entries/flow", {"handler": DOMAIN}),
        ("/api/config/config_entries/options/flow", {"handler": entry_with_issues.entry_id}),
        (
            "/api/config/config_entries/subentries/flow",
            {"handler": [entry_with_issues.entry_id, "person"]},
        ),
        ("/api/repairs/issues/fix", {"handler": DOMAIN, "issue_id": issue}),
        (f"/api/config/config_entries/entry/{entry_with_issues.entry_id}/reload", {}),
    ):
        response = await client.post(path, json=data)
        assert response.status in {401, 403}, path
    response = await client.get(f"/api/diagnostics/config_entry/{entry_with_issues.entry_id}")
    assert response.status in {401, 403}
    assert (dict(entry_with_issues.data), dict(entry_with_issues.options)) == before

"""Attacks by a server, or by a host between it and Home Assistant."""

from collections.abc import AsyncGenerator
import json
import logging
from pathlib import Path
import re

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

import custom_components.cisco_unified_presence as integration
from custom_components.cisco_unified_presence.const import CONF_FINGERPRINTS, DOMAIN
from custom_components.cisco_unified_presence.issues import Issue, PersonIssue
from custom_components.cisco_unified_presence.pws import read_certificate
from custom_components.cisco_unified_presence.repair import CERTIFICATE_ISSUES
from custom_components.cisco_unified_presence.trust import certificate_placeholders
from tests.common.live_channel import issue_of
from tests.common.rule_requests import SetRequests, rule_request
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until
from tests.pws.byte_server import ByteServer
from tests.pws.certificates import make

TEXTS = json.loads(
    (Path(integration.__file__).parent / "translations/en.json").read_text(encoding="utf-8")
)

ANNA = "sensor.anna_presence"
LINE = "2026-11-25 12:00:00 ERROR [homeassistant] forged"
FORGED = f"&#13;&#10;{LINE}&#x202e;"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (307, f'<session><redirect primaryServer="cup2{FORGED}"/></session>'),
        (200, f"<{DOMAIN}>{FORGED}</{DOMAIN}>"),
        (400, f"<description><code>120</code><message>No{FORGED}</message></description>"),
        (401, f"<description><code>{FORGED}</code><message>{FORGED}</message></description>"),
    ],
)
async def test_texts_of_a_server_are_one_line_in_logs_and_messages(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: str,
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components")
    await settled(cup)
    await cup.inject("garbage", status=status, body=body, content_type="text/xml")
    with pytest.raises(HomeAssistantError) as refused:
        await hass.services.async_call(
            DOMAIN, "set_presence", {"entity_id": ANNA, "presence": "busy"}, blocking=True
        )
    await cup.heal()

    ours = [each for each in caplog.records if each.name.startswith("custom_components")]
    assert ours
    assert all(each.getMessage().isprintable() for each in ours)
    assert str(refused.value).isprintable()
    assert shown(hass, ANNA) == "available"


async def test_names_of_a_forged_certificate_stay_one_line_of_code(
    socket_enabled: None, tmp_path: Path
) -> None:
    genuine = ":".join(["AA"] * 32)
    made = make(f"x`\n\nSHA-256: `{genuine}` ![](http://192.0.2.1/)"[:64])
    async with ByteServer(tls=made.server_context(tmp_path)) as server:
        seen = await read_certificate("127.0.0.1", server.port, timeout=10)
    shown = certificate_placeholders(seen)
    for text in (shown["subject"], shown["issuer"]):
        assert "`" not in text, "it would end the inline code"
        assert text.isprintable()
        assert len(text) <= 300
    assert shown["sha256"].replace(":", "").lower() == made.sha256
    for step in ("certificate", "certificate_changed"):
        sentence = TEXTS["config"]["step"][step]["description"]
        assert all(f"`{{{each}}}`" in sentence for each in ("subject", "issuer", "sha256"))
    for issue in CERTIFICATE_ISSUES:
        sentence = TEXTS["issues"][issue]["fix_flow"]["step"]["confirm"]["description"]
        assert all(f"`{{{each}}}`" in sentence for each in ("subject", "issuer", "sha256"))


async def test_texts_of_a_server_are_no_markup_in_an_issue(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, rules: SetRequests
) -> None:
    await settled(cup)
    words = "See ![x](http://192.0.2.1/x.png) &lt;ha-alert&gt; www.192.0.2.1 `a`"
    body = f"<description><code>120</code><message>{words}</message></description>"
    await cup.inject("garbage", status=400, body=body, content_type="text/xml", path="/users/anna")
    rules(rule_request())

    def reasons() -> list[str]:
        return [
            str(issue.translation_placeholders["reason"])
            for issue in ir.async_get(hass).issues.values()
            if issue.translation_key == PersonIssue.PRESENCE_NOT_SET
            and issue.translation_placeholders
        ]

    await until(reasons)
    (reason,) = reasons()
    assert "See" in reason
    assert not re.search(r"(?<!\\)[\[\]<>`!:.]", reason)
    await cup.heal()


@pytest.fixture
async def proxy(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncGenerator[ByteServer]:
    """Name a proxy, and a file with passwords, in the environment variables."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password s3cret")
    async with ByteServer() as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            for spelling in (name, name.lower()):
                monkeypatch.setenv(spelling, f"http://127.0.0.1:{server.port}")
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("NETRC", str(netrc))
        yield server


async def test_no_proxy_of_the_environment_is_used(
    proxy: ByteServer, hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await hass.services.async_call(
        DOMAIN, "set_presence", {"entity_id": ANNA, "presence": "busy"}, blocking=True
    )
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"
    assert proxy.connections == 0


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "evil.example.com"])
async def test_no_foreign_host_gets_the_password_by_a_redirect(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, host: str
) -> None:
    await settled(cup)
    async with ByteServer() as stranger:
        body = f'<session><redirect primaryServer="{host}:{stranger.port}"/></session>'
        await cup.inject("garbage", status=307, body=body, content_type="text/xml")
        with pytest.raises(HomeAssistantError, match="not among the nodes that may be used"):
            await hass.services.async_call(
                DOMAIN, "set_presence", {"entity_id": ANNA, "presence": "busy"}, blocking=True
            )
        await cup.heal()
        assert stranger.connections == 0


async def test_a_changed_certificate_stops_everything_until_it_is_trusted(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    hass.loop.set_debug(False)
    port = cup.simulator.ports.https
    pins = {f"127.0.0.1:{port}": "ab" * 32}
    data = {**entry.data, "security": "https", "port": port, CONF_FINGERPRINTS: pins}
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.config_entries.async_setup(entry.entry_id)
    for _ in range(5):
        await pass_time(freezer, cup, 600)
        with pytest.raises(HomeAssistantError):
            await hass.services.async_call(
                DOMAIN, "set_presence", {"entity_id": ANNA, "presence": "busy"}, blocking=True
            )
    # The server counts no handshake, so the last try may still be under way.
    await until(lambda: entry.state is ConfigEntryState.SETUP_RETRY)
    assert cup.asked() == 0
    assert entry.data[CONF_FINGERPRINTS] == pins
    assert issue_of(hass, entry, Issue.CERTIFICATE_CHANGED) is not None

"""A server that lies, or somebody in between: what it may say, and what comes of it."""

import logging

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.conftest import Cup, shown
from tests.waiting import settled

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
async def test_a_servers_words_are_one_line_in_log_and_sentence(
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

"""The issue of a server none of whose rich presence documents can be read."""

import logging

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.channel.unread_documents import (
    async_clear_unread_documents,
    async_report_unread_document,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import AnswerNotUnderstood
from tests.common.entry import SECRET
from tests.common.live_channel import issue_of


async def test_it_is_raised_with_a_sample_and_cleared(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    entry = MockConfigEntry(domain=DOMAIN, title="CUP", data={"webhook_id": SECRET})
    entry.add_to_hass(hass)
    error = AnswerNotUnderstood("it is odd", "<note>private</note>")
    async_report_unread_document(hass, entry, error)
    assert "Rich presence is not understood and is left out: The server's answer" in caplog.text
    issue = issue_of(hass, entry, Issue.RICH_PRESENCE_NOT_UNDERSTOOD)
    assert issue
    shown = issue.translation_placeholders
    assert shown
    assert (shown["title"], shown["detail"]) == ("CUP", "it is odd")
    assert "note" in shown["sample"]
    assert "private" not in shown["sample"]

    async_clear_unread_documents(hass, entry)
    assert "Rich presence is understood again" in caplog.text
    assert ir.async_get(hass).issues == {}

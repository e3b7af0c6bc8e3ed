"""The server ends sessions unasked, since another program has logged the same account out."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.server import PASSWORD, Cup
from tests.common.setting_presence import set_presence
from tests.common.waiting import pass_time, settled

TOLD = "The server has ended the sessions of hass"


def log_out_as_another_program(cup: Cup) -> None:
    service = cup.simulator.service
    service.logout(service.login_application("hass", PASSWORD, force=False))


def issue_of(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{Issue.ACCOUNT_SHARED}_{entry.entry_id}")


async def test_what_another_program_has_ended_is_published_again_within_seconds_and_told(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_presence(hass, "do_not_disturb")
    await settled(cup)
    log_out_as_another_program(cup)
    assert await cup.presence_of("anna") != "DND"

    await pass_time(freezer, cup, 10)

    assert await cup.presence_of("anna") == "DND"
    assert caplog.text.count(TOLD) == 1
    issue = issue_of(hass, loaded)
    assert issue
    assert issue.translation_placeholders == {"title": "CUP", "user": "hass"}


async def test_sessions_are_not_asked_about_while_nothing_is_published(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    asked = cup.asked()
    await pass_time(freezer, cup, 10)
    assert cup.asked() == asked


async def test_server_that_was_restarted_raises_no_issue(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "do_not_disturb")
    await settled(cup)
    await cup.inject("refuse_connections")
    await pass_time(freezer, cup, 10)
    cup.simulator.service.lose_sessions()
    await cup.heal()

    await pass_time(freezer, cup, 10)
    await pass_time(freezer, cup, 30)

    assert await cup.presence_of("anna") == "DND"
    assert issue_of(hass, loaded) is None


async def test_leaving_is_not_told(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, caplog: pytest.LogCaptureFixture
) -> None:
    await set_presence(hass, "do_not_disturb")
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert TOLD not in caplog.text
    assert issue_of(hass, loaded) is None

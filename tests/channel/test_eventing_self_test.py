"""The live channel: the self-test of the callback."""

from itertools import count

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.channel.plan_input import ChannelState
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.live_channel import (
    ANNA,
    BEN,
    CHANNEL,
    CONTACT_POLLS,
    FETCHES,
    POLL,
    SELF_TEST,
    SUBSCRIPTIONS,
    call_back,
    issue_of,
    never_refresh,
    subscription_id,
)
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until


@pytest.fixture
async def unheard(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, web_server: str, cup: Cup
) -> None:
    """Let the server's notifications get lost."""
    await cup.inject("drop_notifications")


async def test_subscription_is_polled_while_the_server_cannot_call_back(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    unheard: None,
    loaded: MockConfigEntry,
    cup: Cup,
    web_server: str,
) -> None:
    assert shown(hass, ANNA) == "available"
    await pass_time(freezer, cup, SELF_TEST - 1)
    assert issue_of(hass, loaded, Issue.CALLBACK_UNREACHABLE) is None
    before = cup.asked("GET", CONTACT_POLLS)

    await pass_time(freezer, cup, 1)

    issue = issue_of(hass, loaded, Issue.CALLBACK_UNREACHABLE)
    assert issue is not None
    assert issue.translation_placeholders == {
        "title": "CUP",
        "url": f"{web_server}/api/webhook/…",
    }
    assert shown(hass, CHANNEL) == "polling"

    await cup.choose("ben", "AWAY")
    await settled(cup)
    assert shown(hass, BEN) == "busy"
    await pass_time(freezer, cup, POLL)
    assert shown(hass, BEN) == "away"
    # The subscription tells of all of them without calls, too.
    assert cup.asked("GET", CONTACT_POLLS) == before


async def test_eventing_returns_when_the_server_calls_back_again(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    unheard: None,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"
    await cup.heal()

    await pass_time(freezer, cup, 29)
    assert shown(hass, CHANNEL) == "polling"
    await pass_time(freezer, cup, 1)

    assert shown(hass, CHANNEL) == "eventing"
    assert issue_of(hass, loaded, Issue.CALLBACK_UNREACHABLE) is None
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "eventing"


async def test_self_test_is_repeated_with_growing_pauses(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    unheard: None,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    never_refresh(loaded)
    for pause in (30, 60, 120, 240, 480, 900, 900):
        await pass_time(freezer, cup, SELF_TEST)
        subscribed = cup.asked("POST", SUBSCRIPTIONS)
        await pass_time(freezer, cup, pause - 1)
        assert cup.asked("POST", SUBSCRIPTIONS) == subscribed
        await pass_time(freezer, cup, 1)
        assert cup.asked("POST", SUBSCRIPTIONS) == subscribed + 1
    assert len((await cup.state())["subscriptions"]) == 1


async def test_self_test_goes_on_for_weeks(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    unheard: None,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    loaded.runtime_data.eventing._state = ChannelState(retests=100_000)
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"
    await cup.heal()

    await pass_time(freezer, cup, 900)

    assert shown(hass, CHANNEL) == "eventing"


async def test_notification_that_overtakes_the_answer_to_subscribe_counts(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.inject("delay", delay=1, path=SUBSCRIPTIONS, method="POST", count=1)
    setting_up = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    await until(lambda: cup.asked("POST", SUBSCRIPTIONS) == 1)
    await settled(cup)
    await cup.simulator.notifier.deliver_all()
    await pass_time(freezer, cup, 1)
    assert await setting_up
    assert shown(hass, CHANNEL) == "eventing"

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"
    assert issue_of(hass, entry, Issue.CALLBACK_UNREACHABLE) is None


async def test_notification_while_the_new_subscription_is_being_stored_counts(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def remember_late(*_: object) -> None:
        await cup.simulator.notifier.deliver_all()

    monkeypatch.setattr(
        "custom_components.cisco_unified_presence.channel.orphans.OrphanStore.async_save",
        remember_late,
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    assert shown(hass, CHANNEL) == "eventing"

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"


async def test_news_without_notification_leads_to_polling(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    await cup.choose("anna", "DND")
    await settled(cup)
    assert shown(hass, ANNA) == "available"

    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == "do_not_disturb"
    assert shown(hass, CHANNEL) == "eventing"

    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"
    assert issue_of(hass, loaded, Issue.CALLBACK_UNREACHABLE) is not None


async def test_news_whose_notification_comes_late_does_not_lead_to_polling(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    web_server: str,
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    await cup.choose("anna", "DND")
    await pass_time(freezer, cup, POLL)

    await call_back(web_server, subscription_id(cup))
    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"


async def test_notification_during_the_fetch_of_a_poll_counts_for_its_news(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    web_server: str,
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications", count=1)
    await cup.choose("anna", "DND")
    await settled(cup)
    await cup.inject("delay", delay=1, path=FETCHES, count=1)
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == "available"
    await call_back(web_server, subscription_id(cup))
    await pass_time(freezer, cup, 1)
    assert shown(hass, ANNA) == "do_not_disturb"

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"


async def test_an_id_that_a_restarted_server_gives_again_does_not_count_as_called(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    subscriptions = cup.simulator.service.subscriptions
    subscriptions._ids = count(subscription_id(cup))
    await cup.inject("lose_subscriptions")
    await cup.inject("drop_notifications")
    await pass_time(freezer, cup, POLL)
    assert len(list(subscriptions)) == 1

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "polling"


async def test_webhook_is_tested_once_home_assistant_has_started(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    hass.set_state(CoreState.starting)
    await cup.inject("drop_notifications", count=1)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(freezer, cup, 2 * SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"
    assert issue_of(hass, entry, Issue.CALLBACK_UNREACHABLE) is None
    first = subscription_id(cup)

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await until(lambda: shown(hass, CHANNEL) == "eventing")

    await settled(cup)
    assert subscription_id(cup) != first


async def test_waiting_for_the_start_raises_no_issue(
    hass: HomeAssistant,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hass.set_state(CoreState.starting)
    await cup.inject("drop_notifications", count=1)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await until(lambda: shown(hass, CHANNEL) == "eventing")

    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


async def test_unloading_before_home_assistant_has_started_cancels_the_wait(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    hass.set_state(CoreState.starting)
    await cup.inject("drop_notifications")
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await hass.config_entries.async_unload(entry.entry_id)
    before = cup.asked()

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settled(cup)

    assert cup.asked() == before

"""The full refresh by a new subscription: requests, news between its steps, failures, orphans."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration
from cup_simulator.sessions import Session
from cup_simulator.subscriptions import Subscription
from custom_components.cisco_unified_presence.channel import subscription
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.entry import person
from tests.common.live_channel import (
    ANNA,
    BEN,
    CHANNEL,
    CONTACT_POLLS,
    FETCHES,
    POLL,
    RETRIES,
    SELF_TEST,
    SUBSCRIPTIONS,
    issue_of,
    subscription_id,
)
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until

CLARA = "sensor.clara_presence"

# Of the requests of a refresh: how to tell it from others.
SUBSCRIBE = {"method": "POST", "path": SUBSCRIPTIONS}
FETCH = {"method": "GET", "path": FETCHES}
DROP = {"method": "DELETE", "path": SUBSCRIPTIONS}


async def ids_at(cup: Cup) -> list[int]:
    return [each["id"] for each in (await cup.state())["subscriptions"]]


async def test_refresh_is_three_requests(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await pass_time(freezer, cup, 899)
    former, before = subscription_id(cup), cup.asked()

    await pass_time(freezer, cup, 1)

    made = subscription_id(cup)
    assert made != former
    refresh = [(method, path) for method, path, _ in (await cup.requests())[before:]]
    assert [method for method, _ in refresh[:3]] == ["POST", "GET", "DELETE"]
    # The call that follows subscribing may come after the fetch has begun.
    assert len(refresh) <= 4
    assert refresh[2][1].endswith(f"/{former}")
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    assert loaded.runtime_data.notifications.forged == 0


@pytest.mark.parametrize("step", [SUBSCRIBE, FETCH, DROP], ids=["subscribe", "fetch", "drop"])
async def test_news_during_a_step_arrives_without_waiting_for_another_refresh(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    step: dict[str, str],
) -> None:
    await settled(cup)
    await pass_time(freezer, cup, 899)
    await cup.inject("delay", delay=2, count=1, **step)
    before = cup.asked(step["method"], step["path"])
    freezer.tick(1.001)
    await until(lambda: cup.asked(step["method"], step["path"]) > before)

    await cup.choose("anna", "DND")
    await settled(cup)
    await cup.choose("ben", "AWAY")
    await pass_time(freezer, cup, 2)

    assert (shown(hass, ANNA), shown(hass, BEN)) == ("do_not_disturb", "away")
    assert len(await ids_at(cup)) == 1
    await cup.choose("anna", "AVAILABLE")
    await until(lambda: shown(hass, ANNA) == "available")


@pytest.mark.parametrize("fault", ["error", "truncate"])
@pytest.mark.parametrize("step", [SUBSCRIBE, FETCH, DROP], ids=["subscribe", "fetch", "drop"])
async def test_failed_step_loses_nothing_and_leaves_nothing(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    step: dict[str, str],
    fault: str,
) -> None:
    await settled(cup)
    await pass_time(freezer, cup, 899)
    details = {"code": 200} if fault == "error" else {}
    await cup.inject(fault, count=1, **details, **step)
    await pass_time(freezer, cup, 1)
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    before = cup.asked()

    await pass_time(freezer, cup, RETRIES[0])

    assert cup.asked() - before <= 5
    assert shown(hass, CHANNEL) == "eventing"
    await pass_time(freezer, cup, 900)
    assert len(await ids_at(cup)) == 1


async def test_late_call_counts_for_the_latest_refresh_only(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    eventing = loaded.runtime_data.eventing
    first = subscription_id(cup)
    await eventing.async_refresh_now()
    await settled(cup)
    second = subscription_id(cup)
    await eventing.async_refresh_now()
    await settled(cup)
    assert not eventing.async_handle_notification(first)
    assert eventing.async_handle_notification(second)
    await settled(cup)

    await eventing.async_open_now()
    await settled(cup)

    assert not eventing.async_handle_notification(second)


async def test_call_that_overtakes_the_answer_counts_after_a_flood_of_foreign_ones(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    await cup.choose("anna", "DND")
    await pass_time(freezer, cup, POLL)
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"
    await cup.heal()
    eventing = loaded.runtime_data.eventing
    for number in range(100):
        eventing.async_handle_notification(1000 + number)
    await cup.inject("delay", delay=1, count=1, **SUBSCRIBE)
    before = cup.asked("POST", SUBSCRIPTIONS)

    refreshing = hass.async_create_task(eventing.async_refresh_now())
    await until(lambda: cup.asked("POST", SUBSCRIPTIONS) > before)
    await settled(cup)
    await cup.simulator.notifier.deliver_all()
    await pass_time(freezer, cup, 1)
    await refreshing

    assert shown(hass, CHANNEL) == "eventing"


async def test_picture_is_whole_a_few_requests_after_a_lost_answer(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("truncate", path=FETCHES, count=1)
    await cup.choose("anna", "DND")
    await settled(cup)
    assert shown(hass, ANNA) == "available"
    before = cup.asked()

    await pass_time(freezer, cup, RETRIES[0])

    assert shown(hass, ANNA) == "do_not_disturb"
    assert cup.asked() - before <= 5
    assert cup.asked("GET", CONTACT_POLLS) == 0


async def test_refresh_that_finds_its_subscription_lost_opens_the_channel_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await pass_time(freezer, cup, 899)
    await cup.inject("error", code=133, count=1, **FETCH)
    await pass_time(freezer, cup, 1)
    assert len(await ids_at(cup)) == 1
    assert shown(hass, CHANNEL) == "eventing"
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")


async def test_idle_hour_costs_few_requests(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked()
    for _ in range(60):
        await pass_time(freezer, cup, POLL)
    assert cup.asked() - before <= 100
    assert cup.asked("GET", CONTACT_POLLS) == 0
    assert shown(hass, CHANNEL) == "eventing"


async def test_idle_hour_of_polling_costs_few_requests(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    await cup.choose("anna", "DND")
    await pass_time(freezer, cup, POLL)
    await pass_time(freezer, cup, POLL)
    assert shown(hass, CHANNEL) == "polling"
    before = cup.asked()
    for _ in range(60):
        await pass_time(freezer, cup, POLL)
    assert cup.asked() - before <= 150
    assert cup.asked("GET", CONTACT_POLLS) == 0


class TestNoFreeSubscription:
    """The server has one subscription to give."""

    @pytest.fixture
    def cup_configuration(self, cup_configuration: Configuration) -> Configuration:
        return replace(cup_configuration, subscription_limit=1)

    async def test_present_subscription_goes_on_and_people_are_polled(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        loaded: MockConfigEntry,
        cup: Cup,
    ) -> None:
        await settled(cup)
        former = subscription_id(cup)

        await pass_time(freezer, cup, 900)

        assert subscription_id(cup) == former
        assert cup.asked("GET", CONTACT_POLLS) == 3
        assert shown(hass, CHANNEL) == "eventing"
        assert issue_of(hass, loaded, Issue.NO_FREE_SUBSCRIPTION) is None
        await cup.choose("anna", "DND")
        await until(lambda: shown(hass, ANNA) == "do_not_disturb")


class TestParts:
    """Two people fit into a subscription."""

    @pytest.fixture(autouse=True)
    def _two_to_a_subscription(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(subscription, "MAX_CONTACTS", 2)

    @pytest.mark.usefixtures("loaded")
    async def test_parts_are_replaced_one_by_one(
        self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
    ) -> None:
        await settled(cup)
        former = await ids_at(cup)
        await pass_time(freezer, cup, 900)
        assert len(await ids_at(cup)) == 2
        assert set(await ids_at(cup)).isdisjoint(former)
        await cup.choose("anna", "DND")
        await until(lambda: shown(hass, ANNA) == "do_not_disturb")
        await cup.choose("clara", "DND")
        await until(lambda: shown(hass, CLARA) == "do_not_disturb")


class TestLeftOut:
    """A server that leaves a person out of first fetches, and tells of later changes."""

    @pytest.fixture(autouse=True)
    def _without_clara(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        take = Subscription.take_news
        first = set[int]()

        def take_some(this: Subscription) -> list[str]:
            news = take(this)
            if this.id in first:
                return news
            first.add(this.id)
            return [each for each in news if not each.startswith("clara")]

        with monkeypatch.context() as patches:
            patches.setattr(Subscription, "take_news", take_some)
            yield

    async def test_person_is_polled_after_each_first_fetch(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        loaded: MockConfigEntry,
        cup: Cup,
    ) -> None:
        await until(lambda: shown(hass, CLARA) == "offline")
        assert cup.asked("GET", CONTACT_POLLS) == cup.asked("GET", "/contacts/clara") == 1
        report = await async_get_config_entry_diagnostics(hass, loaded)
        counts = report["running"]["subscription"]
        assert counts == {
            "subscribed": 3,
            "without_subscription": 0,
            "left_out_by_first_fetch": 1,
            "refused": 0,
        }
        await pass_time(freezer, cup, POLL)
        assert cup.asked("GET", CONTACT_POLLS) == 1

        await pass_time(freezer, cup, 900)

        assert cup.asked("GET", CONTACT_POLLS) == cup.asked("GET", "/contacts/clara") == 2


class TestRefused:
    """A person whom no subscription accepts."""

    @pytest.fixture
    def entry_people(self) -> list[dict[str, Any]]:
        return [person(user) for user in ("anna", "ben", "x@y")]

    @pytest.mark.usefixtures("loaded")
    async def test_refused_person_is_polled_after_each_first_fetch(
        self, freezer: FrozenDateTimeFactory, cup: Cup
    ) -> None:
        await settled(cup)
        polls = cup.asked("GET", CONTACT_POLLS)
        await pass_time(freezer, cup, 900)
        assert cup.asked("GET", CONTACT_POLLS) == polls + 1


async def test_subscription_whose_id_a_killed_run_never_learned_is_removed(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    service = cup.simulator.service
    application = service.login_application("hass", "simulator", force=False)
    watcher = service.login_end_user(application, "watcher", force=False)
    assert isinstance(watcher, Session)
    endpoint = service.register_endpoint(application, "http://127.0.0.1:9/", 3600)
    known = service.subscribe(watcher, endpoint.id, ["ben@example.com"], 3600)
    unnamed = service.subscribe(watcher, endpoint.id, ["ben@example.com"], 3600)
    key = f"{DOMAIN}.{entry.entry_id}.leftovers"
    data = {"endpoint": endpoint.id, "subscriptions": [known.id], "unnamed": True}
    hass_storage[key] = {"version": 1, "key": "", "data": data}

    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)

    assert await ids_at(cup) == [unnamed.id + 1]
    assert hass_storage[key]["data"] == {
        "endpoint": endpoint.id + 1,
        "subscriptions": [unnamed.id + 1],
        "unnamed": False,
    }


async def test_what_a_kill_at_a_step_would_leave_is_on_disk(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await settled(cup)
    await pass_time(freezer, cup, 899)
    former = subscription_id(cup)
    key = f"{DOMAIN}.{loaded.entry_id}.leftovers"
    seen = []
    for step in (SUBSCRIBE, FETCH, DROP):
        await cup.inject("delay", delay=1, count=1, **step)
    for _ in range(4):
        await pass_time(freezer, cup, 1)
        stored = hass_storage[key]["data"]
        seen.append((stored["subscriptions"], stored["unnamed"]))
    made = subscription_id(cup)
    assert seen == [
        ([former], True),
        ([former, made], False),
        ([former, made], False),
        ([made], False),
    ]

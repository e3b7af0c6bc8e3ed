"""Diagnostics: what they hold, and no name, key or password."""

from dataclasses import replace
from datetime import UTC, datetime
import json
from types import MappingProxyType, SimpleNamespace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.redact import REDACTED
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.cisco_unified_presence.channel import ChannelHistory
from custom_components.cisco_unified_presence.channel.history import LAST_STATES
from custom_components.cisco_unified_presence.const import SUBENTRY_RULE, Channel
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.diagnostics import (
    _contact_list,
    _traffic,
    _without_private,
    async_get_config_entry_diagnostics,
)
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    Throttled,
    Traffic,
)
from custom_components.cisco_unified_presence.redaction import Pseudonyms
from custom_components.cisco_unified_presence.roster.plan import SyncRecord
from custom_components.cisco_unified_presence.roster.sync import SyncHealth

from .common.asking import use_rules
from .common.entry import SECRET, person
from .common.live_channel import FETCHES, call_back, subscription_id
from .common.server import PASSWORD, Cup
from .common.waiting import pass_time, settled

pytestmark = pytest.mark.usefixtures("trusted_records")

DURATIONS = {"median": "<seconds>", "longest": "<seconds>"}


async def diagnostics_of(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """Return the diagnostics as they are downloaded."""
    diagnostics: dict[str, Any] = json.loads(
        json.dumps(await async_get_config_entry_diagnostics(hass, entry))
    )
    return diagnostics


async def test_diagnostics_of_a_running_entry(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    await settled(cup)
    await cup.choose("anna", "DND")
    await settled(cup)
    diagnostics = await diagnostics_of(hass, loaded)
    assert diagnostics["entry"]["state"] == "loaded"
    assert diagnostics["entry"]["version"] == "1.2"
    assert diagnostics["entry"]["data"]["password"] == "**REDACTED**"
    assert diagnostics["entry"]["data"]["application_user"] == "application"
    assert diagnostics["entry"]["people"][1] == {
        "user": "person_2",
        "contact": "person_2",
        "controlled": False,
    }
    running = diagnostics["running"]
    assert running["channel"] == "eventing"
    assert [state["channel"] for state in running["channel_history"]] == ["polling", "eventing"]
    assert running["reachable"] is True
    assert running["dialect"] == "rest"
    assert running["node"] == f"127.0.0.1:{cup.simulator.ports.http}"
    assert running["all_on_primary"] is True
    assert running["callback"] == f"{web_server}/**REDACTED**"
    assert running["notifications"]["last"] is not None
    assert running["notifications"]["received"] >= 2
    assert running["people"] == {
        "watched": 3,
        "controlled": 1,
        "held": 0,
        "logged_in": 1,
        "by_presence": {
            "AVAILABLE": 0,
            "AWAY": 0,
            "BUSY": 1,
            "DND": 1,
            "UNAVAILABLE": 1,
            "UNKNOWN": 0,
            "VACATION": 0,
            "not_seen": 0,
        },
    }
    assert running["requests"]["log_in"] == {"ok": 1}
    assert running["requests"]["subscribe"] == {"ok": 1}
    fetches = running["requests"]["fetch"]["ok"]
    assert running["fetch_seconds"]["count"] == fetches == cup.asked("GET", FETCHES)
    assert 0 < running["fetch_seconds"]["median"] <= running["fetch_seconds"]["longest"]
    assert running["last_errors"] == []
    loaded.runtime_data.coordinator.last_notification = None
    diagnostics = await diagnostics_of(hass, loaded)
    assert diagnostics["running"]["notifications"]["last"] is None


async def test_all_diagnostics(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    cup: Cup,
    web_server: str,
    entry: MockConfigEntry,
    snapshot: SnapshotAssertion,
) -> None:
    freezer.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    diagnostics = await diagnostics_of(hass, entry)
    # Ports and durations are different in every run.
    node = f"127.0.0.1:{cup.simulator.ports.http}"
    diagnostics["running"]["fetch_seconds"] = {
        **diagnostics["running"]["fetch_seconds"],
        **DURATIONS,
    }
    text = json.dumps(diagnostics).replace(web_server, "<home>").replace(node, "<node>")
    diagnostics = json.loads(text)
    diagnostics["entry"]["data"]["port"] = "<port>"
    assert diagnostics == snapshot


async def test_notifications_are_counted_by_kind(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    await settled(cup)
    before = (await diagnostics_of(hass, loaded))["running"]["notifications"]
    await call_back(web_server, subscription_id(cup))
    await call_back(web_server, 999)
    await call_back(web_server, -1)
    await settled(cup)
    after = (await diagnostics_of(hass, loaded))["running"]["notifications"]
    assert {key: after[key] - before[key] for key in ("received", "forged", "ignored")} == {
        "received": 1,
        "forged": 1,
        "ignored": 1,
    }


async def test_errors_have_their_time_and_no_names(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=124, path="anna", count=1)
    await loaded.runtime_data.poller.async_poll("anna@example.com")
    diagnostics = await diagnostics_of(hass, loaded)
    (failure,) = diagnostics["running"]["last_errors"]
    assert failure["when"] == dt_util.utcnow().isoformat()
    assert failure["request"] == "poll"
    assert "person_1" in failure["sentence"]
    assert "watcher" in failure["sentence"]
    assert "anna" not in failure["sentence"]
    assert diagnostics["running"]["requests"]["poll"] == {"BadContact": 1}


async def test_diagnostics_of_an_entry_that_is_not_running(
    hass: HomeAssistant, entry: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    options = {"callback_url": "http://home.example:8080/hidden"}
    hass.config_entries.async_update_entry(entry, options=options)
    await cup.inject("refuse_connections")
    await hass.config_entries.async_setup(entry.entry_id)
    diagnostics = await diagnostics_of(hass, entry)
    assert diagnostics["entry"]["state"] == "setup_retry"
    assert diagnostics["entry"]["reason"].startswith("127.0.0.1")
    assert diagnostics["entry"]["options"] == {
        "callback_url": "http://home.example:8080/**REDACTED**"
    }
    assert "running" not in diagnostics


async def test_diagnostics_have_no_secrets_after_any_failure(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await settled(cup)
    keys = [each["key"] for each in (await cup.state())["sessions"] if "key" in each]
    client = loaded.runtime_data.client
    keys += [session.key for session in client.application_sessions]
    keys += [(await client.session_of("watcher")).key]
    for kind, details in (
        ("error", {"code": 124}),
        ("error", {"code": 100}),
        ("error", {"code": 111}),
        ("garbage", {"body": "<html>anna@example.com</html>"}),
        ("throttle", {}),
        ("truncate", {}),
        ("refuse_connections", {}),
    ):
        await cup.inject(kind, **details)
        for user in ("anna", "unknown-user"):
            with pytest.raises(Exception, match=r"\w"):
                await client.set_presence("anna", "X", override=False, expiry=3600)
            poll = hass.async_create_task(client.poll_contact("watcher", f"{user}@example.com"))
            await pass_time(freezer, cup, 120)
            assert isinstance(await result_of(poll), Exception), kind
        await cup.heal()
    dump = json.dumps(await diagnostics_of(hass, loaded)).casefold()
    assert keys
    people = ("anna", "ben", "clara", "unknown-user")
    for secret in (PASSWORD, SECRET, *keys, *people, "watcher@example.com"):
        assert secret.casefold() not in dump


async def result_of(poll: Any) -> object:
    try:
        return await poll
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is asked for
        return error


# Parts of a running entry


def test_what_is_told_of_a_contact_list() -> None:
    on_list = Person(
        subentry_id="a", name="A", user="a", contact="a@x", controlled=False, is_from_list=True
    )
    other = replace(on_list, subentry_id="b", contact="b@x", is_from_list=False)
    health = SyncHealth()
    contact_list = SimpleNamespace(health=health, record=SyncRecord())
    runtime: Any = SimpleNamespace(
        roster=SimpleNamespace(contact_list=contact_list),
        coordinator=SimpleNamespace(people={"a@x": on_list, "b@x": other}),
    )
    assert _contact_list(runtime) == {
        "read": None,
        "failing_since": None,
        "failure": None,
        "contacts": 0,
        "tells_absence": False,
        "people": 1,
        "missing": {},
    }
    noon, later = datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 23, 13, tzinfo=UTC)
    contact_list.health = SyncHealth(noon, later, "It is empty.", 3, tells_absence=True)
    contact_list.record = SyncRecord(missing={"a@x": later})
    assert _contact_list(runtime) == {
        "read": "2026-11-23T12:00:00+00:00",
        "failing_since": "2026-11-23T13:00:00+00:00",
        "failure": "It is empty.",
        "contacts": 3,
        "tells_absence": True,
        "people": 1,
        "missing": {"a@x": "2026-11-23T13:00:00+00:00"},
    }


async def test_what_is_told_of_the_traffic() -> None:
    ticks = iter((0.0, 1.0, 1.12345, 2.0, 3.0, 4.0))
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    traffic = Traffic(clock=lambda: next(ticks), now=lambda: noon)
    runtime: Any = SimpleNamespace(client=SimpleNamespace(traffic=traffic))
    assert _traffic(runtime) == {"requests": {}, "fetch_seconds": None, "last_errors": []}

    async def answer() -> None:
        pass

    async def fail() -> None:
        raise Throttled(212)

    for operation in ("poll", "fetch", "fetch"):
        await traffic.count(operation, answer())
    with pytest.raises(Throttled):
        await traffic.count("poll", fail())
    assert _traffic(runtime) == {
        "requests": {"fetch": {"ok": 2}, "poll": {"Throttled": 1, "ok": 1}},
        "fetch_seconds": {"count": 2, "median": 0.5617, "longest": 1.0},
        "last_errors": [
            {
                "when": "2026-11-23T12:00:00+00:00",
                "request": "poll",
                "sentence": "The server is too busy at the moment (code 212).",
            }
        ],
    }


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({}, {}),
        ({"callback_url": None}, {"callback_url": None}),
        ({"callback_url": ""}, {"callback_url": None}),
        (
            {"callback_url": "https://ha.example:8123/a/secret?b", "contact_list_group": "Staff"},
            {
                "callback_url": "https://ha.example:8123/**REDACTED**",
                "contact_list_group": "**REDACTED**",
            },
        ),
        ({"poll_interval": 30}, {"poll_interval": 30}),
    ],
)
def test_what_is_told_of_options(options: dict[str, Any], shown: dict[str, Any]) -> None:
    assert _without_private(options) == shown


# Names


NAMES = st.text("abcdefghijklmnopqrstuvwxyz.-_äé0123456789", min_size=6, max_size=12).filter(
    lambda name: name[0].isalnum() and name[-1].isalnum()
)
# A part of the marker that replaces secrets would be found in the marker.
SECRETS = NAMES.filter(lambda secret: secret not in REDACTED.casefold())
TREES = st.recursive(
    st.sampled_from(["{}", "user {} (code 124)", "{}, no", '"{}"', "sip:{}", "{}: 7", "a ({})"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["k", "{}", "x {}"]), inner),
)


def filled(tree: Any, name: str) -> Any:
    match tree:
        case str():
            return tree.replace("{}", name)
        case list():
            return [filled(each, name) for each in tree]
        case _:
            return {filled(key, name): filled(each, name) for key, each in tree.items()}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(user=NAMES, secret=SECRETS, tree=TREES)
def test_no_name_is_left_anywhere(user: str, secret: str, tree: Any) -> None:
    contact = f"{user}@example.com"
    pseudonyms = Pseudonyms({"#1": (user, contact), "#2": ("",)}, [secret, "x"])
    for name in (user, contact, user.upper(), secret):
        hidden = json.dumps(pseudonyms.hide(filled(tree, name)), ensure_ascii=False)
        assert name.casefold() not in hidden.casefold()


def test_a_person_has_the_same_pseudonym_everywhere() -> None:
    pseudonyms = Pseudonyms({"#1": ("anna", "anna@b.c"), "#2": ("ann",)}, [])
    said = "ann, Anna and ANNA@B.C; joanna stays (user joan, contact x y, code 1), me@b.c; 3"
    assert pseudonyms.hide({"anna": [said, 3, None, True]}) == {
        "#1": [
            "#2, #1 and #1; joanna stays (user somebody, contact somebody, code 1), somebody; 3",
            3,
            None,
            True,
        ]
    }


# The channel


def test_the_latest_states_of_the_channel_are_in_the_history(
    freezer: FrozenDateTimeFactory,
) -> None:
    coordinator = PresenceCoordinator("cup", {})
    history = ChannelHistory(coordinator)
    freezer.move_to("2027-03-01T12:00:00+00:00")
    coordinator.async_set_channel(Channel.EVENTING)
    coordinator.async_set_channel(Channel.EVENTING)
    freezer.move_to("2027-03-01T13:00:00+00:00")
    coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    states = [(state.since.hour, state.channel, state.reachable) for state in history.states]
    assert states[1:] == [(12, Channel.EVENTING, True), (13, Channel.EVENTING, False)]
    assert states[0][1:] == (Channel.POLLING, True)
    for _ in range(LAST_STATES):
        coordinator.async_set_channel(Channel.POLLING)
        coordinator.async_set_channel(Channel.EVENTING)
    assert len(history.states) == LAST_STATES


async def test_names_of_people_are_replaced_in_keys_too(
    hass: HomeAssistant, entry: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    added = person("host", name="Host of the show")
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(added["data"]),
            subentry_type=added["subentry_type"],
            title=added["title"],
            unique_id=added["unique_id"],
        ),
    )
    diagnostics = await diagnostics_of(hass, entry)
    assert diagnostics["entry"]["data"]["person_4"] == "127.0.0.1"


async def test_rules_are_counted_and_not_shown(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType({"note": "My secret"}),
            subentry_type=SUBENTRY_RULE,
            title="Secret as well",
            unique_id=None,
        ),
    )
    diagnostics = await diagnostics_of(hass, entry)
    assert diagnostics["entry"]["rules"] == 1
    assert len(diagnostics["entry"]["people"]) == 3
    assert "ecret" not in json.dumps(diagnostics)


async def test_decisions_and_what_is_to_come_are_told_without_names(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    hass.states.async_set("binary_sensor.anna_desk", "on", {"friendly_name": "Anna's desk"})
    await use_rules(
        hass,
        cup,
        """
- name: Anna Smith at her desk
  people: [anna]
  when: {condition: state, entity_id: binary_sensor.anna_desk, state: "on"}
  presence: busy
  note: Anna is at her desk
- name: Night
  people: [anna]
  when: {condition: time, after: "00:00:00", before: "23:59:59"}
  presence: away
  priority: -1
""",
    )

    diagnostics = await diagnostics_of(hass, loaded)

    anna = diagnostics["running"]["decisions"]["person_1"]
    assert (anna["now"]["source"], anna["now"]["wanted"]) == ("rule", "busy")
    assert anna["now"]["rule"] == "rule_1"
    assert [(rule["rule"], rule["wins"]) for rule in anna["now"]["rules"]] == [
        ("rule_1", True),
        ("rule_2", False),
    ]
    assert anna["unknown"] == 1
    assert anna["past"][0]["rule"] == "rule_1"
    assert diagnostics["running"]["rule_tests"] == []
    text = json.dumps(diagnostics["running"]).lower()
    assert "anna" not in text
    assert "desk" not in text

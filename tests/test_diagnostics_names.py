"""Diagnostics name nobody: names, secrets and pseudonyms."""

from dataclasses import replace
from datetime import UTC, datetime
import json
from types import MappingProxyType, SimpleNamespace
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.redact import REDACTED
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import SUBENTRY_RULE
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.diagnostics import (
    _contact_list,
    _people,
    _traffic,
    _without_private,
)
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import (
    ContactPresence,
    Presence,
    Throttled,
    Traffic,
)
from custom_components.cisco_unified_presence.redaction import Pseudonyms
from custom_components.cisco_unified_presence.roster.plan import SyncRecord
from custom_components.cisco_unified_presence.roster.sync import SyncHealth
from tests.common.diagnostics import diagnostics_of

from .common.asking import use_rules
from .common.entry import person
from .common.people import people
from .common.server import Cup

pytestmark = pytest.mark.usefixtures("trusted_records")


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


def test_what_is_told_of_people() -> None:
    anna, ben = people("anna@x", "ben@x").values()
    coordinator = PresenceCoordinator(
        "cup", {anna.key: anna, ben.key: replace(ben, controlled=True)}
    )
    coordinator.async_merge_fetch([ContactPresence(ben.key, Presence.BUSY)])
    runtime: Any = SimpleNamespace(
        coordinator=coordinator,
        reconciler=SimpleNamespace(publishing_users={"ben"}),
        client=SimpleNamespace(logged_in_users={"ben", "watcher"}),
    )
    told = _people(runtime)
    assert {key: count for key, count in told.pop("by_presence").items() if count} == {
        "BUSY": 1,
        "not_seen": 1,
    }
    assert told == {"watched": 2, "controlled": 1, "held": 1, "logged_in": 2}


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


def test_of_a_longer_secret_nothing_is_left_beside_a_shorter_one() -> None:
    pseudonyms = Pseudonyms({}, ["secret", "SECRET-1"])
    assert pseudonyms.hide("secret, Secret-1") == f"{REDACTED}, {REDACTED}"


def test_what_is_too_short_to_be_a_secret_or_a_name_stays() -> None:
    pseudonyms = Pseudonyms({"#1": ("", "anna")}, ["abcd", "abc", ""])
    assert pseudonyms.hide("abcd - abc - x") == f"{REDACTED} - abc - x"


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

"""The records of rules on disk: stored in time, and read whatever their file holds."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_setup_component
from hypothesis import given
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules.issues import CONFIRMED
from custom_components.cisco_unified_presence.rules.store import RuleRecord
from custom_components.cisco_unified_presence.rules.timing import RuleTimes, elapse
from custom_components.cisco_unified_presence.storage import read_records
from tests.common.rules import (
    ANNA,
    AT_DESK,
    NOON,
    add_rule,
    desk,
    names,
    open_engine,
    pass_by,
    rule,
    shut,
    start,
    written,
)
from tests.common.storage import NO_JSON, OTHER_JSON, files, on_disk, put, put_data

KEY = "cisco_unified_presence.rules"

SECONDS = timedelta(seconds=1)


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOON)


def losses(hass: HomeAssistant) -> list[tuple[str | None, dict[str, str] | None]]:
    return [
        (issue.translation_key, issue.translation_placeholders)
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.active and issue.translation_key in CONFIRMED
    ]


async def flap(hass: HomeAssistant, freezer: FrozenDateTimeFactory, times: int) -> None:
    for number in range(times):
        await desk(hass, "off" if number % 2 else "on")
        await pass_by(hass, freezer, 3 * SECONDS)


# When it is stored


async def test_a_switch_is_on_disk_when_its_action_returns(
    hass: HomeAssistant, entry: MockConfigEntry, directory: Path
) -> None:
    engine = await open_engine(hass, rule(), entry=entry)
    for enabled in (False, True):
        await engine.async_set_enabled("desk", enabled=enabled)
        assert on_disk(directory, KEY)["desk"]["enabled"] is enabled


async def test_a_rule_that_flaps_does_not_put_off_what_is_stored(
    hass: HomeAssistant, entry: MockConfigEntry, directory: Path, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "off")
    engine = await open_engine(hass, rule(), rule("Other"), entry=entry)
    await flap(hass, freezer, 3)
    assert set(on_disk(directory, KEY)) == {"desk", "other"}
    await engine.async_set_yaml_rules([rule()])
    await flap(hass, freezer, 3)
    assert set(on_disk(directory, KEY)) == {"desk"}


async def test_an_outcome_is_on_disk_before_anything_follows_from_it(
    hass: HomeAssistant, entry: MockConfigEntry, directory: Path
) -> None:
    await desk(hass, "off")
    engine = await open_engine(hass, rule(), entry=entry)
    await start(hass)
    stored: list[str | None] = []

    async def act() -> None:
        await engine.async_stored()
        stored.append(on_disk(directory, KEY)["desk"]["stretch"]["holds_since"])

    @callback
    def changed(_people: frozenset[str]) -> None:
        hass.async_create_task(act())

    engine.async_subscribe_requests(entry.entry_id, changed)
    await desk(hass, "on")
    await desk(hass, "off")
    assert stored == [NOON.isoformat(), None]


async def test_what_changes_in_one_burst_is_one_save(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk(hass, "off")
    engine = await open_engine(hass, *(rule(f"Desk {n}") for n in range(50)), entry=entry)
    await start(hass)
    await engine.async_stored()
    saves: list[str] = []
    save = Store.async_save

    async def counted(store: Store[Any], data: Any) -> None:
        saves.append(store.key)
        await save(store, data)

    monkeypatch.setattr(Store, "async_save", counted)

    async def act() -> None:
        await asyncio.gather(*(engine.async_stored() for _ in range(60)))

    @callback
    def changed(_people: frozenset[str]) -> None:
        hass.async_create_task(act())

    engine.async_subscribe_requests(entry.entry_id, changed)
    await desk(hass, "on")
    assert len(names(engine, entry)) == 50
    assert saves == [KEY]


# What is read


def record(**changes: Any) -> dict[str, Any]:
    """Return the stored record of a rule that is off, with the conditions of all rules here."""
    return {
        "entry_id": None,
        "conditions": rule().fingerprint,
        "enabled": False,
        "stretch": {
            "true_since": None,
            "false_since": None,
            "unreadable_since": None,
            "holds_since": None,
            "spent": False,
        },
        **changes,
    }


def record_since(since: object) -> dict[str, Any]:
    return record(stretch={**record()["stretch"], "holds_since": since})


DAMAGED: dict[str, Any] = {
    "null": None,
    "list": [],
    "empty": {},
    "text": "text",
    "entry id": record(entry_id=5),
    "conditions": record(conditions=[]),
    "switch": record(enabled="off"),
    "no timing": record(stretch=None),
    "spent": record(stretch={**record()["stretch"], "spent": 1}),
    "number": record_since(5),
    "no time": record_since("yesterday"),
    "no zone": record_since("2026-11-20T12:00:00"),
    "first year": record_since("0001-01-01T00:00:00+00:00"),
    "last year": record_since("9999-12-31T23:59:59+00:00"),
}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
async def test_a_record_that_cannot_be_read_costs_that_record_and_is_told_of(
    hass: HomeAssistant, entry: MockConfigEntry, directory: Path, damaged: Any
) -> None:
    own = add_rule(hass, entry, "Lunch").subentry_id
    put_data(directory, KEY, {"desk": record(), "other": damaged, own: damaged})
    engine = await open_engine(hass, rule(), rule("Other"), entry=entry)
    await start(hass)
    assert losses(hass) == [("rule_records_lost", {"rules": "other, Lunch"})]
    evaluations = {each.name: each for each in engine.evaluations_for(entry.entry_id, ANNA)}
    assert not evaluations["Desk"].enabled
    assert evaluations["Other"].enabled
    assert engine.status_of("other")
    await shut(hass)
    assert on_disk(directory, KEY)["desk"]["enabled"] is False
    assert on_disk(directory, KEY)["other"]["enabled"] is True


async def test_of_many_lost_records_ten_are_named(
    hass: HomeAssistant, entry: MockConfigEntry, directory: Path
) -> None:
    put_data(directory, KEY, {f"r{number}": None for number in range(12)})
    await open_engine(hass, entry=entry)
    named = "r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, … (+2)"
    assert losses(hass) == [("rule_records_lost", {"rules": named})]


@pytest.mark.parametrize("content", OTHER_JSON)
async def test_a_file_of_another_form_costs_the_records_and_is_told_of(
    hass: HomeAssistant, directory: Path, content: str
) -> None:
    put(directory, KEY, content)
    yaml = {DOMAIN: {"rules": [written(when=[AT_DESK])]}}
    assert await async_setup_component(hass, DOMAIN, yaml)
    await hass.async_block_till_done()
    (moved,) = files(directory, KEY)
    path = str(directory / moved)
    assert losses(hass) == [("rules_file_lost", {"path": path})]
    assert [state.state for state in hass.states.async_all("switch")] == ["on"]
    await shut(hass)
    assert set(on_disk(directory, KEY)) == {"desk"}
    assert files(directory, KEY)[moved] == content.encode()


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
async def test_a_file_that_is_no_json_costs_the_records(
    hass: HomeAssistant, entry: MockConfigEntry, directory: Path, content: bytes
) -> None:
    put(directory, KEY, content)
    engine = await open_engine(hass, rule(), entry=entry)
    # Home Assistant itself raises an issue.
    assert losses(hass) == []
    await engine.async_stored()
    assert set(on_disk(directory, KEY)) == {"desk"}


async def test_a_loss_is_told_of_until_it_is_confirmed(
    hass: HomeAssistant, entry: MockConfigEntry, directory: Path
) -> None:
    put(directory, KEY, "[]")
    assert await async_setup_component(hass, REPAIRS, {})
    assert await async_setup_component(hass, DOMAIN, {})
    ((domain, issue_id),) = (key for key in ir.async_get(hass).issues if key[0] == DOMAIN)
    assert ir.async_get(hass).issues[domain, issue_id].is_persistent
    flows = repairs_flow_manager(hass)
    assert flows
    shown = await flows.async_init(domain, data={"issue_id": issue_id})
    assert shown["description_placeholders"]
    assert shown["step_id"] == "confirm"
    await flows.async_configure(shown["flow_id"], {})
    assert losses(hass) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
DAMAGED_RECORDS = st.builds(
    lambda outer, inner: record(**outer, stretch={**record()["stretch"], **inner}),
    st.dictionaries(st.sampled_from(["entry_id", "conditions", "enabled"]), JSON, max_size=1),
    st.dictionaries(st.sampled_from([*record()["stretch"]]), JSON, max_size=2),
)


@given(damaged=JSON | DAMAGED_RECORDS)
def test_any_record_is_read_as_it_was_stored_or_not_at_all(damaged: Any) -> None:
    records, unreadable = read_records({"desk": damaged}, RuleRecord.from_storage)
    assert len(records) + len(unreadable) == 1
    for each in records.values():
        assert RuleRecord.from_storage(each.as_storage()) == each
        elapse(RuleTimes(), each.shared.timing, NOON)

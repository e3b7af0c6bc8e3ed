"""What office people say first, each sentence as one rule with what it requests.

Those that need a server are in test_sentences_with_a_server.py.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import (
    ManualSetting,
    OwnPresence,
    RequestedPresence,
    decide,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.states import STATES
from tests.common.calendars import serve_calendars
from tests.common.entry import person
from tests.common.rules import ANNA, BEN, open_engine, pass_by

from .sentences import SENTENCES, Sentence

NOON = datetime(2026, 11, 23, 20, tzinfo=UTC)  # local noon, a Monday
SECOND = timedelta(seconds=1)


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    anna, ben = person("anna", controlled=True), person("ben", controlled=True)
    links = {
        "link_calendar": "calendar.anna",
        "link_desk": "binary_sensor.desk_anna",
        "link_person": "person.anna",
    }
    return [{**anna, "data": {**anna["data"], **links}}, ben]


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]) -> None:
    freezer.move_to(NOON)


@pytest.fixture
def staff(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Put Anna into the lab; both have the label staff, and Ben is a warden."""
    area = ar.async_get(hass).async_create("Lab")
    labels = {ANNA: {"staff"}, BEN: {"staff", "wardens"}}
    for subentry in entry.subentries.values():
        contact = subentry.data["contact"]
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            identifiers={(DOMAIN, contact)},
        )
        dr.async_get(hass).async_update_device(
            device.id, area_id=area.id if contact == ANNA else None, labels=labels[contact]
        )
        er.async_get(hass).async_get_or_create(
            "sensor",
            DOMAIN,
            f"{entry.entry_id}_{contact}_presence",
            config_entry=entry,
            config_subentry_id=subentry.subentry_id,
            device_id=device.id,
        )


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES)
async def test_sentence(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory, sentence: Sentence
) -> None:
    calendars = serve_calendars(hass)

    async def put(states: dict[str, Any]) -> None:
        for entity_id, state in states.items():
            if entity_id.startswith("calendar."):
                calendars.put(entity_id, state)
            elif isinstance(state, tuple):
                hass.states.async_set(entity_id, *state)
            else:
                hass.states.async_set(entity_id, state)
        await hass.async_block_till_done()
        await hass.async_block_till_done()

    await put(sentence.states)
    engine = await open_engine(hass, *sentence.rules)
    own = {f"{user}@example.com": each for user, each in sentence.own.items()}
    await engine.async_add_entry(
        entry, lambda: people_of(entry), lambda key: own.get(key, OwnPresence("available"))
    )
    await hass.async_block_till_done()

    def shown(user: str) -> Any:
        key = f"{user}@example.com"
        available = RequestedPresence(Presence.AVAILABLE, override=False)
        manual = ManualSetting(available, NOON) if sentence.manual else None
        requests = engine.requests_for(entry.entry_id, key)
        decision = decide(manual, requests, None, NOON, own.get(key, OwnPresence("available")))
        if decision.requested is None:
            return "own" if decision.rule_request else None
        word = STATES[decision.requested.presence]
        return (word, decision.requested.note) if decision.requested.note else word

    if sentence.minutes:
        await pass_by(hass, freezer, timedelta(minutes=sentence.minutes) - SECOND)
        assert {user: shown(user) for user in sentence.expected} != sentence.expected
        await pass_by(hass, freezer, SECOND)
    assert {user: shown(user) for user in sentence.expected} == sentence.expected
    if sentence.otherwise or sentence.otherwise_minutes:
        await put(sentence.otherwise)
        await pass_by(hass, freezer, timedelta(minutes=sentence.otherwise_minutes))
        assert {shown(user) for user in sentence.expected} == {None}

"""Until when writes wait, and what is written again after a change by hand."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.control.decisions import Decisions
from custom_components.cisco_unified_presence.control.publisher import Publisher
from custom_components.cisco_unified_presence.control.record import (
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.people import people
from tests.common.strategies import NOW

LATER = NOW + timedelta(minutes=1)
PUBLISHED = PublishedPresence(
    RequestedPresence(Presence.BUSY, override=True), NOW, "session", Presence.BUSY
)


@pytest.fixture
def anna() -> Person:
    (person,) = people("anna@example.com").values()
    return person


def test_a_write_that_waits_is_told_of_once(anna: Person) -> None:
    told: list[str] = []
    log: Any = SimpleNamespace(
        async_report_waiting=lambda person: told.append(person.key), async_report_own=None
    )
    unused: Any = None
    decisions = Decisions(unused, unused, lambda _: (), log)
    assert decisions.waiting_until(anna.key) is None
    decisions.async_set_waiting(anna, None)
    assert told == []
    decisions.async_set_waiting(anna, LATER)
    decisions.async_set_waiting(anna, LATER)
    assert decisions.waiting_until(anna.key) == LATER
    assert told == [anna.key]
    decisions.async_set_waiting(anna, None)
    assert decisions.waiting_until(anna.key) is None
    assert told == [anna.key] * 2
    decisions.async_set_waiting(anna, LATER)
    decisions.async_forget(anna.key)
    assert decisions.waiting_until(anna.key) is None


@pytest.mark.parametrize(
    ("record", "shown", "again"),
    [
        (PersonRecord(published=PUBLISHED), Presence.DND, True),
        (PersonRecord(published=PUBLISHED), Presence.BUSY, False),
        (PersonRecord(), Presence.DND, False),
    ],
)
async def test_what_the_server_shows_in_place_of_a_presence_has_it_written_again(
    anna: Person, record: PersonRecord, shown: Presence, *, again: bool
) -> None:
    records = {anna.key: record}

    async def read(_person: Person) -> Presence:
        return shown

    store = SimpleNamespace(record_of=records.__getitem__, async_set=records.__setitem__)
    unused: Any = None
    publisher = Publisher(
        cast("Any", SimpleNamespace(async_read=read)), cast("Any", store), unused, unused
    )
    await publisher.async_republish_unless_shown(anna)
    assert records[anna.key] == (record.doubtful() if again else record)


@pytest.mark.parametrize(
    ("record", "matters"),
    [
        (PersonRecord(published=PUBLISHED), True),
        (PersonRecord(unsure=True), True),
        (PersonRecord(idle_session=True), False),
        (PersonRecord(), False),
    ],
)
def test_another_node_leaves_open_what_is_published(record: PersonRecord, *, matters: bool) -> None:
    records = {"anna": record}
    store = SimpleNamespace(record_of=records.__getitem__, async_set=records.__setitem__)
    unused: Any = None
    publisher = Publisher(unused, cast("Any", store), unused, unused)
    assert publisher.async_note_node_changed("anna") is matters
    assert records["anna"] == (record.doubtful() if matters else record)

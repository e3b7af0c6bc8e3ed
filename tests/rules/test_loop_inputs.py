"""Which inputs of a rule show what this integration sets, and what templates know of a person."""

from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import NOT_KNOWN, OwnPresence
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import person_view
from custom_components.cisco_unified_presence.rules.calendar_leaf import CalendarLeaf
from custom_components.cisco_unified_presence.rules.loop_inputs import async_entities_of, is_ours
from custom_components.cisco_unified_presence.rules.person_view import (
    async_person_view,
    nothing_known,
)

ANNA, BEN = ("entry", "anna"), ("entry", "ben")
HASS: Any = None


def condition(*entities: str, own: bool = False) -> Any:
    inputs = SimpleNamespace(entities=frozenset(entities))
    return SimpleNamespace(inputs=inputs, reads_own_presence=own)


def calendar(*entities: str) -> CalendarLeaf:
    leaf = CalendarLeaf.__new__(CalendarLeaf)
    inputs: Any = SimpleNamespace(entities=frozenset(entities))
    leaf.inputs = inputs
    return leaf


def runner(*running: Any) -> Any:
    instances = (SimpleNamespace(running=each) for each in running)
    return SimpleNamespace(instances=dict(enumerate(instances)))


def reading(*leaves: Any, texts: set[str] | None = None) -> Any:
    return SimpleNamespace(
        conditions=SimpleNamespace(numbered_leaves=list(enumerate(leaves, 1))),
        texts=SimpleNamespace(entities=frozenset(texts)) if texts else None,
    )


ENTITIES = {
    "sensor.anna": (DOMAIN, "entry_anna_presence"),
    "sensor.anna_source": (DOMAIN, "entry_anna_presence_source"),
    "sensor.ben": (DOMAIN, "entry_ben_presence"),
    "sensor.annabel": (DOMAIN, "entry_annabel_presence"),
    "calendar.anna": (DOMAIN, "entry_anna_calendar"),
    "binary_sensor.rule": (DOMAIN, "rule_desk"),
    "light.lamp": ("hue", "entry_anna_lamp"),
}


@pytest.fixture(autouse=True)
def _entities(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {
        entity_id: SimpleNamespace(entity_id=entity_id, platform=platform, unique_id=unique_id)
        for entity_id, (platform, unique_id) in ENTITIES.items()
    }
    registry = SimpleNamespace(async_get=entries.get)
    monkeypatch.setattr("homeassistant.helpers.entity_registry.async_get", lambda _: registry)


def test_whose_entities_are_read() -> None:
    read = runner(
        None,
        reading(condition("sensor.anna", "sensor.ben", "light.lamp", "light.gone")),
        reading(
            condition("sensor.anna_source", own=True),
            condition("sensor.annabel", "binary_sensor.rule"),
            calendar("calendar.anna"),
        ),
    )
    found = {
        people: async_entities_of(HASS, read, people)
        for people in ((), (ANNA,), (BEN,), (ANNA, BEN), (("other", "anna"),))
    }
    assert found == {
        (): frozenset(),
        (ANNA,): {"sensor.anna", "calendar.anna"},
        (BEN,): {"sensor.ben"},
        (ANNA, BEN): {"sensor.anna", "sensor.ben", "calendar.anna"},
        (("other", "anna"),): frozenset(),
    }


def test_texts_are_read_too() -> None:
    read = runner(reading(condition("light.lamp"), texts={"sensor.anna_source", "sensor.ben"}))
    assert async_entities_of(HASS, read, [ANNA]) == {"sensor.anna_source"}
    assert async_entities_of(HASS, runner(reading(condition("light.lamp"))), [ANNA]) == frozenset()
    assert async_entities_of(HASS, runner(None), [ANNA]) == frozenset()


def test_which_entities_are_ours() -> None:
    assert is_ours(HASS, "sensor.anna")
    assert not is_ours(HASS, "light.lamp")
    assert not is_ours(HASS, "light.gone")


PERSON: Any = SimpleNamespace(
    key="anna",
    user="asmith",
    name="Anna",
    contact="anna@example.com",
    links={"desk": "binary_sensor.desk"},
)


@pytest.mark.parametrize(
    ("entity_id", "device_id", "area_id", "placed"),
    [
        ("sensor.anna", "device", "office", ("entity", "device")),
        ("sensor.anna", None, "gone", ("entity", None)),
        ("sensor.gone", "device", None, (None, None)),
        (None, "device", None, (None, None)),
    ],
)
def test_what_templates_know(
    monkeypatch: pytest.MonkeyPatch,
    entity_id: str | None,
    device_id: str | None,
    area_id: str | None,
    placed: tuple[str | None, str | None],
) -> None:
    asked: list[object] = []
    entity = SimpleNamespace(name="entity", device_id=device_id)
    device = SimpleNamespace(name="device")

    def placement(*of: Any) -> Any:
        asked.append(tuple(each and each.name for each in of))
        return SimpleNamespace(area_id=area_id, labels={"b", "a"})

    helpers = "homeassistant.helpers"
    for registry, known in (
        ("entity_registry", SimpleNamespace(async_get={"sensor.anna": entity}.get)),
        ("device_registry", SimpleNamespace(async_get={"device": device}.get)),
        (
            "area_registry",
            SimpleNamespace(async_get_area={"office": SimpleNamespace(name="Office")}.get),
        ),
    ):
        monkeypatch.setattr(f"{helpers}.{registry}.async_get", lambda _, known=known: known)
    monkeypatch.setattr(
        person_view,
        "async_presence_sensor",
        lambda _, *of: entity_id if of == ("entry", "anna") else "other",
    )
    monkeypatch.setattr(person_view, "Placement", SimpleNamespace(of=placement))
    own = OwnPresence("away", frozenset({"on_the_phone", "in_a_meeting"}))
    assert async_person_view(HASS, "entry", PERSON, own) == {
        "user": "asmith",
        "name": "Anna",
        "contact": "anna@example.com",
        "entity_id": entity_id,
        "area": "Office" if area_id == "office" else None,
        "area_id": area_id,
        "labels": ["a", "b"],
        "links": {"desk": "binary_sensor.desk"},
        "own": "away",
        "own_activities": ["in_a_meeting", "on_the_phone"],
    }
    assert asked == [placed]
    assert nothing_known("anna") is NOT_KNOWN

"""What is told of a person, and until when, by what the server and the reconciler say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from homeassistant.config_entries import ConfigEntryState
from homeassistant.util import dt as dt_util
import pytest

from custom_components.cisco_unified_presence.arbitration import (
    Decision,
    RequestedPresence,
    Source,
)
from custom_components.cisco_unified_presence.pws import ContactPresence, Presence
from custom_components.cisco_unified_presence.runtime import CupConfigEntry
from custom_components.cisco_unified_presence.voice.answers import until_in_words
from custom_components.cisco_unified_presence.voice.directory import SpokenPerson
from custom_components.cisco_unified_presence.voice.languages import LANGUAGES
from custom_components.cisco_unified_presence.voice.request import (
    end_of_presence,
    facts,
    shown_presence,
)
from tests.common.people import people

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BUSY = RequestedPresence(Presence.BUSY, override=True)
MANUAL = Decision(source=Source.MANUAL, requested=BUSY, until=NOON, set_by="Admin")


def spoken(
    decision: Decision = MANUAL,
    *,
    seen: Presence | None = Presence.BUSY,
    controlled: bool = True,
    reachable: bool = True,
    is_loaded: bool = True,
) -> SpokenPerson:
    (anna,) = people("anna@example.com").values()
    presence = None if seen is None else ContactPresence(anna.contact, seen)
    runtime = SimpleNamespace(
        coordinator=SimpleNamespace(reachable=reachable, presence_of=lambda _key: presence),
        reconciler=SimpleNamespace(decision_of=lambda _person: decision),
    )
    state = ConfigEntryState.LOADED if is_loaded else ConfigEntryState.SETUP_RETRY
    entry = SimpleNamespace(state=state, **({"runtime_data": runtime} if is_loaded else {}))
    anna = replace(anna, name="Anna", controlled=controlled)
    return SpokenPerson(anna, cast("CupConfigEntry", entry))


OVERRULED = replace(MANUAL, overruled=True)
OWN = Decision(source=Source.OWN, until=NOON)


@pytest.mark.parametrize(
    ("person", "presence", "end"),
    [
        (spoken(), "busy", NOON),
        (spoken(seen=Presence.AWAY), "away", None),
        (spoken(seen=Presence.UNKNOWN), None, None),
        (spoken(seen=None), None, None),
        (spoken(reachable=False), None, None),
        (spoken(is_loaded=False), None, None),
        (spoken(controlled=False), "busy", None),
        (spoken(OVERRULED), "busy", None),
        (spoken(OWN), "busy", None),
    ],
)
def test_the_presence_that_is_told_and_its_end(
    person: SpokenPerson, presence: str | None, end: datetime | None
) -> None:
    assert (shown_presence(person), end_of_presence(person)) == (presence, end)


@pytest.mark.parametrize(
    ("person", "told"),
    [
        (
            spoken(),
            {
                "presence": "busy",
                "until": "2026-11-20T12:00:00+00:00",
                "source": "manual",
                "rule": None,
                "set_by": "Admin",
            },
        ),
        (
            spoken(
                replace(
                    MANUAL,
                    source=Source.RULE,
                    set_by=None,
                    rule_request=cast("Any", SimpleNamespace(name="Desk")),
                )
            ),
            {
                "presence": "busy",
                "until": "2026-11-20T12:00:00+00:00",
                "source": "rule",
                "rule": "Desk",
                "set_by": None,
            },
        ),
        (spoken(controlled=False), {"presence": "busy", "until": None}),
        (spoken(is_loaded=False), {"presence": None, "until": None}),
    ],
)
def test_facts(person: SpokenPerson, told: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dt_util, "DEFAULT_TIME_ZONE", UTC)
    assert facts(person) == {"name": "Anna", **told}


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (None, ""),
        (timedelta(hours=1), " until 13:00"),
        (timedelta(hours=11, minutes=59), " until 23:59"),
        (timedelta(hours=12), " until tomorrow 00:00"),
        (timedelta(days=1, hours=11), " until tomorrow 23:00"),
        (timedelta(days=1, hours=12), " until 2026-11-22 00:00"),
        (timedelta(days=-1), " until 2026-11-19 12:00"),
    ],
)
def test_an_end_is_told_with_its_day(
    until: timedelta | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dt_util, "DEFAULT_TIME_ZONE", UTC)
    end = None if until is None else NOON + until
    assert until_in_words(LANGUAGES["en"].speech, end, NOON) == words

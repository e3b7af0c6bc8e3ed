"""A person's own presence, which never holds what was set from here: docs/rules.md."""

from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.arbitration import OwnPresence, RequestedPresence
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from custom_components.cisco_unified_presence.control.own_presence import own_presence
from custom_components.cisco_unified_presence.control.record import PersonRecord, PublishedPresence
from custom_components.cisco_unified_presence.pws import (
    Activity,
    ContactPresence,
    Device,
    Presence,
    RichPresence,
)
from tests.common.rule_requests import SetRequests, rule_request
from tests.common.server import Cup
from tests.common.strategies import NOW
from tests.common.waiting import pass_time, settled

SOURCE = "sensor.anna_presence_source"
BUSY = RequestedPresence(Presence.BUSY, override=True)
HELD = PersonRecord(published=PublishedPresence(BUSY, NOW, "mark"), own="away")
NOTHING = PersonRecord()


def device(name: str, *activities: Activity) -> Device:
    return Device(id=name, is_open=True, activities=frozenset(activities))


def seen(
    shown: Presence, *devices: Device, manual: bool = False, basic: bool = False
) -> ContactPresence:
    words = {word: activity for activity in Activity if (word := activity.name)}
    activities = frozenset({words[shown.name]})
    rich = RichPresence(
        entity="sip:anna@example.com", activities=activities, devices=devices, manual=manual
    )
    return ContactPresence("anna@example.com", shown, None if basic else rich)


JABBER_AWAY = device("jabber", Activity.AWAY)
OURS_BUSY = device("pws-override", Activity.BUSY)
LOGGED_IN = device("cisco-pws", Activity.AVAILABLE)
PHONE = device("phone", Activity.BUSY, Activity.ON_THE_PHONE)


@pytest.mark.parametrize(
    ("shown", "record", "own"),
    [
        (None, NOTHING, OwnPresence()),
        (seen(Presence.AWAY, basic=True), NOTHING, OwnPresence("away")),
        (seen(Presence.BUSY, basic=True), HELD, OwnPresence("away")),
        (seen(Presence.BUSY, basic=True), replace(HELD, own=None), OwnPresence()),
        (seen(Presence.AVAILABLE, basic=True), PersonRecord(idle_session=True), OwnPresence()),
        (seen(Presence.AWAY, JABBER_AWAY), NOTHING, OwnPresence("away")),
        (seen(Presence.BUSY, JABBER_AWAY, OURS_BUSY), HELD, OwnPresence("away")),
        (seen(Presence.AVAILABLE, LOGGED_IN), HELD, OwnPresence("offline")),
        # A choice by hand that stands over the override.
        (
            seen(Presence.DND, JABBER_AWAY, OURS_BUSY, manual=True),
            HELD,
            OwnPresence("do_not_disturb"),
        ),
        # Whether this is a choice, or the override, no document tells.
        (seen(Presence.BUSY, JABBER_AWAY, OURS_BUSY, manual=True), HELD, OwnPresence("away")),
        (
            seen(Presence.BUSY, PHONE, OURS_BUSY),
            HELD,
            OwnPresence("busy", frozenset({"on_the_phone"})),
        ),
    ],
)
def test_own_presence(
    shown: ContactPresence | None, record: PersonRecord, own: OwnPresence
) -> None:
    assert own_presence(shown, record) == own


activities = st.sampled_from(
    [Activity.AVAILABLE, Activity.AWAY, Activity.BUSY, Activity.DND, Activity.ON_THE_PHONE]
)
own_devices = st.lists(st.builds(device, st.sampled_from(["jabber", "phone"]), activities))
our_devices = st.lists(
    st.builds(device, st.sampled_from(["pws-override", "pws-persistent", "cisco-pws"]), activities),
    min_size=1,
)


@given(own_devices, our_devices, our_devices)
def test_what_is_set_makes_no_difference(
    own: list[Device], ours: list[Device], others: list[Device]
) -> None:
    """Whichever the composed word is, as long as nothing was chosen by hand."""
    documents = [
        seen(Presence.BUSY, *own, *ours),
        seen(Presence.AWAY, *others, *own),
    ]
    assert len({own_presence(each, HELD) for each in documents}) == 1


@pytest.fixture
def entry_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: getattr(request, "param", False)}


@pytest.mark.parametrize("entry_options", [False, True], indirect=True)
async def test_it_is_an_attribute_that_what_is_set_does_not_change(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    def own() -> Any:
        state = hass.states.get(SOURCE)
        assert state
        return state.attributes["own"]

    await cup.choose("anna", "AWAY", manual=False)
    await settled(cup)
    assert own() == "away"

    rules(rule_request())
    await pass_time(freezer, cup, 0)
    assert await cup.presence_of("anna") == "BUSY"
    assert own() == "away"

    rules()
    await pass_time(freezer, cup, 0)
    assert await cup.presence_of("anna") == "AWAY"
    assert own() == "away"


@pytest.mark.parametrize("entry_options", [False, True], indirect=True)
async def test_rule_yields_to_a_quiet_that_the_person_has_chosen(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await cup.choose("anna", "DND")
    await settled(cup)

    rules(replace(rule_request(), yields_to=frozenset({"do_not_disturb"})))
    await pass_time(freezer, cup, 0)

    assert await cup.presence_of("anna") == "DND"
    state = hass.states.get(SOURCE)
    assert state
    assert state.state == "own"
    assert state.attributes["reason"].endswith(
        "the rule “Room” yields to the person's own Do not disturb"
    )

    await cup.unchoose("anna")
    await settled(cup)
    await pass_time(freezer, cup, 0)
    assert await cup.presence_of("anna") == "BUSY"

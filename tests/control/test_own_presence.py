"""A person's own presence, which never holds what was set from here: docs/rules.md."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.arbitration import OwnPresence, RequestedPresence
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from custom_components.cisco_unified_presence.control.own_memory import OwnMemory
from custom_components.cisco_unified_presence.control.own_presence import own_presence
from custom_components.cisco_unified_presence.control.record import (
    RENEW_AFTER,
    PersonRecord,
    PublishedPresence,
)
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
PUBLISHED = PublishedPresence(BUSY, NOW, "mark", shown=Presence.BUSY)
HELD = PersonRecord(published=PUBLISHED, own="away")
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


JABBER = device("jabber", Activity.AVAILABLE)
JABBER_AWAY = device("jabber", Activity.AWAY)
OURS_BUSY = device("pws-override", Activity.BUSY)
OURS_AWAY = device("pws-override", Activity.AWAY)
DEVICE_BUSY = device("cisco-pws", Activity.BUSY)
LOGGED_IN = device("cisco-pws", Activity.AVAILABLE)
PHONE = device("phone", Activity.BUSY, Activity.ON_THE_PHONE)
OPEN, CLOSED = Device("jabber", is_open=True), Device("jabber", is_open=False)


def memory_after(*documents: tuple[ContactPresence, PublishedPresence | None]) -> OwnMemory:
    """Return what is known after documents, each with what the record told of then."""
    memory = OwnMemory()
    for document, published in documents:
        assert document.rich
        memory = memory.after(document.rich, published)
    return memory


def own_after(
    *documents: ContactPresence | None, record: PersonRecord = NOTHING, written: int = 1
) -> OwnPresence:
    """Return the own presence after documents, of which the first came before a write."""
    memory = OwnMemory()
    for number, each in enumerate(documents):
        if each and each.rich:
            published = record.published if number >= written else None
            memory = memory.after(each.rich, published)
    return own_presence(documents[-1], record, memory)


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
        # A session without an override hides no choice.
        (
            seen(Presence.AVAILABLE, JABBER_AWAY, LOGGED_IN, OURS_BUSY, manual=True),
            HELD,
            OwnPresence("available"),
        ),
        (
            seen(Presence.AVAILABLE, JABBER_AWAY, LOGGED_IN, manual=True),
            HELD,
            OwnPresence("available"),
        ),
        # An old server shows another word for what is set.
        (
            seen(Presence.AWAY, JABBER, OURS_BUSY, manual=True),
            replace(HELD, published=replace(PUBLISHED, shown=Presence.AWAY)),
            OwnPresence("available"),
        ),
        (
            seen(Presence.AWAY, JABBER, OURS_BUSY, manual=True),
            HELD,
            OwnPresence("away"),
        ),
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
    """By one document, with what had been published before it."""
    assert own_after(shown, record=record, written=0) == own


CHOSE_AWAY = seen(Presence.AWAY, JABBER, manual=True)
CHOSE_AWAY_LATER = seen(Presence.AWAY, JABBER, OURS_BUSY, manual=True)
HIDDEN = seen(Presence.BUSY, JABBER, OURS_BUSY)
PASSED_ON = seen(Presence.BUSY, JABBER, OURS_BUSY, manual=True)
"""A server that passes on that what is set was set by hand."""


def test_a_choice_of_the_word_that_is_set_needs_that_nothing_else_was_set() -> None:
    before = (HIDDEN, PUBLISHED)
    assert memory_after(before, (PASSED_ON, PUBLISHED)).choice is Presence.BUSY
    theirs = device("pws-override", Activity.DND)
    others = seen(Presence.BUSY, JABBER, OURS_BUSY, theirs, manual=True)
    assert memory_after(before, (others, PUBLISHED)).choice is None
    assert memory_after(before, (PASSED_ON, replace(PUBLISHED, session="other"))).choice is None
    assert memory_after((HIDDEN, None), (PASSED_ON, None)).choice is None
    # What devices make is no choice.
    assert memory_after((seen(Presence.AWAY, JABBER_AWAY), None)).choice is None


RENEWED = replace(PUBLISHED, at=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("documents", "written"),
    [
        ((), False),
        (((HIDDEN, None),), True),
        (((HIDDEN, PUBLISHED),), True),
        (((HIDDEN, RENEWED),), False),
        (((HIDDEN, None), (HIDDEN, RENEWED)), False),
        (((HIDDEN, PUBLISHED), (HIDDEN, RENEWED)), False),
        (((CHOSE_AWAY, PUBLISHED),), False),
        (((HIDDEN, RENEWED), (seen(Presence.AWAY, JABBER), None)), True),
    ],
)
def test_whether_something_was_written_after_a_document(
    documents: tuple[tuple[ContactPresence, PublishedPresence | None], ...], *, written: bool
) -> None:
    assert memory_after(*documents).was_written_after(RENEWED) is written


@pytest.mark.parametrize(
    ("documents", "own"),
    [
        # What is set hides a choice.
        ([CHOSE_AWAY, HIDDEN], "away"),
        ([CHOSE_AWAY, PASSED_ON], "away"),
        ([CHOSE_AWAY, seen(Presence.BUSY, JABBER, PHONE, OURS_BUSY)], "away"),
        ([CHOSE_AWAY, HIDDEN, seen(Presence.BUSY, JABBER_AWAY, OURS_BUSY)], "away"),
        ([CHOSE_AWAY, HIDDEN, seen(Presence.BUSY, JABBER, OURS_BUSY, LOGGED_IN)], "away"),
        # The choice is another one, or gone, when a document shows it again.
        (
            [CHOSE_AWAY, HIDDEN, seen(Presence.DND, JABBER, OURS_BUSY, manual=True)],
            "do_not_disturb",
        ),
        (
            [CHOSE_AWAY, HIDDEN, seen(Presence.AVAILABLE, JABBER, OURS_BUSY, manual=True)],
            "available",
        ),
        (
            [
                CHOSE_AWAY,
                HIDDEN,
                seen(Presence.AVAILABLE, JABBER, LOGGED_IN, OURS_BUSY, manual=True),
            ],
            "available",
        ),
        ([CHOSE_AWAY, HIDDEN, seen(Presence.AVAILABLE, JABBER)], "available"),
        ([CHOSE_AWAY, HIDDEN, seen(Presence.AVAILABLE, JABBER), HIDDEN], "available"),
        ([CHOSE_AWAY, HIDDEN, seen(Presence.AVAILABLE, JABBER, LOGGED_IN)], "available"),
        # The same word as what is set is a choice once nothing but the person can have made it.
        ([CHOSE_AWAY, HIDDEN, PASSED_ON], "busy"),
        ([CHOSE_AWAY, HIDDEN, PASSED_ON, PASSED_ON], "busy"),
        ([CHOSE_AWAY, HIDDEN, PASSED_ON, HIDDEN], "available"),
        # A choice over what is set ends, with nothing written since.
        ([HIDDEN, CHOSE_AWAY_LATER], "away"),
        ([HIDDEN, CHOSE_AWAY_LATER, HIDDEN], "available"),
        ([HIDDEN, CHOSE_AWAY_LATER, PASSED_ON], "available"),
        ([HIDDEN, CHOSE_AWAY_LATER, HIDDEN, PASSED_ON], "busy"),
        # What the server makes of devices may differ from what this client would.
        (
            [
                seen(Presence.AVAILABLE, JABBER, PHONE),
                seen(Presence.AWAY, JABBER, PHONE, OURS_AWAY),
            ],
            "available",
        ),
        (
            [seen(Presence.AVAILABLE, JABBER, PHONE), seen(Presence.AWAY, JABBER_AWAY, OURS_AWAY)],
            "away",
        ),
        (
            [
                seen(Presence.AVAILABLE, JABBER, PHONE),
                seen(Presence.BUSY, JABBER, PHONE, DEVICE_BUSY),
            ],
            "available",
        ),
        ([seen(Presence.AVAILABLE, OPEN), seen(Presence.AWAY, CLOSED, OURS_AWAY)], "offline"),
        ([seen(Presence.AWAY, JABBER), HIDDEN], "away"),
        # A device that is set does not hide a choice.
        ([CHOSE_AWAY, seen(Presence.BUSY, JABBER, DEVICE_BUSY)], "available"),
        ([CHOSE_AWAY, seen(Presence.AWAY, JABBER, DEVICE_BUSY, manual=True)], "away"),
    ],
)
def test_own_presence_by_several_documents(documents: list[ContactPresence], own: str) -> None:
    """The first came before a presence was written, the others after."""
    assert own_after(*documents, record=HELD).presence == own


def test_a_choice_that_is_written_over_goes_on() -> None:
    """As an insisting rule does: nothing shows whether the person has ended it meanwhile."""
    # The record knows of the second write before a document shows it.
    memory = memory_after(
        (HIDDEN, PUBLISHED),
        (CHOSE_AWAY_LATER, PUBLISHED),
        (CHOSE_AWAY_LATER, RENEWED),
        (HIDDEN, RENEWED),
    )
    assert own_presence(HIDDEN, HELD, memory) == OwnPresence("away")


def test_a_choice_of_the_same_word_is_known_though_the_override_was_shown_before_its_answer() -> (
    None
):
    memory = memory_after(
        (CHOSE_AWAY, None), (HIDDEN, None), (HIDDEN, PUBLISHED), (PASSED_ON, PUBLISHED)
    )
    assert own_presence(PASSED_ON, HELD, memory) == OwnPresence("busy")


def test_a_choice_of_the_same_word_is_known_after_a_renewal() -> None:
    memory = memory_after((HIDDEN, PUBLISHED), (HIDDEN, RENEWED), (PASSED_ON, RENEWED))
    assert own_presence(PASSED_ON, HELD, memory) == OwnPresence("busy")


def test_what_the_person_alone_does_goes_on_where_it_is_hidden() -> None:
    assert CHOSE_AWAY.rich
    meeting = replace(CHOSE_AWAY.rich, activities=frozenset({Activity.AWAY, Activity.MEETING}))
    document = replace(CHOSE_AWAY, rich=meeting)
    assert own_after(document, HIDDEN, record=HELD) == OwnPresence(
        "away", frozenset({"in_a_meeting"})
    )


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
    assert len({own_after(each, record=HELD) for each in documents}) == 1
    assert len({own_after(*documents, record=HELD), own_after(documents[0], record=HELD)}) == 1


@pytest.fixture
def entry_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: getattr(request, "param", False)}


@pytest.mark.parametrize("entry_options", [False, True], indirect=True)
@pytest.mark.parametrize("manual", [False, True])
async def test_it_is_an_attribute_that_what_is_set_does_not_change(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    cup: Cup,
    *,
    manual: bool,
) -> None:
    """Nor where it was chosen by hand, which no document shows while something is set over it."""

    def own() -> Any:
        state = hass.states.get(SOURCE)
        assert state
        return state.attributes["own"]

    await cup.choose("anna", "AWAY", manual=manual)
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


async def test_what_was_cleared_is_not_the_own_presence_though_it_is_still_shown(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    """As long as nothing has been read since, without rich presence."""

    def attribute(name: str) -> Any:
        state = hass.states.get(SOURCE)
        assert state
        return state.attributes[name]

    rules(rule_request())
    await pass_time(freezer, cup, 0)
    assert await cup.presence_of("anna") == "BUSY"
    await cup.inject("drop_notifications")
    await cup.inject("error", code=202, path="/contacts/")

    rules()
    await pass_time(freezer, cup, 0)
    assert await cup.presence_of("anna") == "AVAILABLE"
    shown = hass.states.get("sensor.anna_presence")
    assert shown
    assert shown.state == "busy"
    assert attribute("own") == "available"

    await cup.heal()
    await cup.choose("anna", "AWAY", manual=False)
    await pass_time(freezer, cup, 60)
    assert attribute("own") == "away"


async def test_a_choice_of_what_was_set_is_the_own_presence_once_it_is_read_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    """The server shows the same before and after."""
    rules(rule_request())
    await pass_time(freezer, cup, 0)
    await cup.choose("anna", "BUSY")
    await settled(cup)

    rules()
    await pass_time(freezer, cup, 0)
    assert await cup.presence_of("anna") == "BUSY"
    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["own"] == "busy"


async def test_a_presence_that_changed_while_it_was_hidden_is_known_once_nothing_is_set(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    """Without rich presence, and without news after the logout, which changes nothing."""
    await cup.choose("anna", "DND", manual=False)
    await settled(cup)
    rules(rule_request())
    await pass_time(freezer, cup, 0)
    await cup.choose("anna", "AVAILABLE", manual=False)
    await settled(cup)

    rules()
    await pass_time(freezer, cup, 0)
    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["own"] == "available"


@pytest.mark.parametrize("entry_options", [True], indirect=True)
async def test_a_choice_of_what_was_set_is_the_own_presence_after_a_renewal(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    """No document shows that what is set was written again."""
    rules(rule_request())
    await pass_time(freezer, cup, 0)
    await pass_time(freezer, cup, RENEW_AFTER.total_seconds() + 60)

    await cup.choose("anna", "BUSY")
    await settled(cup)

    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["own"] == "busy"

"""Reading rich presence documents."""

from datetime import UTC, datetime, timedelta
import logging

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.pws import (
    Activity,
    AnswerNotUnderstood,
    Device,
    Note,
    Presence,
    RichPresence,
    read_pidf,
)
from custom_components.cisco_unified_presence.pws.pidf_reader import _report_unknown_activity

from .wire import RICH_ANNA


def test_a_document_is_read_whole() -> None:
    assert read_pidf(RICH_ANNA) == RichPresence(
        entity="sip:anna@example.com",
        display_name="Anna Example",
        activities=frozenset({Activity.BUSY, Activity.MEETING}),
        notes=(Note("Custom DND"),),
        devices=(
            Device(
                id="Jabber1234",
                source="Jabber",
                is_open=True,
                activities=frozenset({Activity.AVAILABLE}),
                note="at the desk",
                user_input="active",
            ),
            Device(id="phone", is_open=False),
        ),
        user_input="idle",
        manual=True,
    )


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<displayname>Anna</displayname>", {"display_name": "Anna"}),
        ('<c:display-name xmlns:c="urn:c"> Anna </c:display-name>', {"display_name": "Anna"}),
        ("<person><display-name>Anna</display-name></person>", {"display_name": "Anna"}),
        ("<note>hello</note>", {"notes": (Note("hello"),)}),
        ("<note>of all</note><person><note>of me</note></person>", {"notes": (Note("of me"),)}),
        (
            "<tuple id='x'><note>of x</note></tuple>",
            {"notes": (Note("of x"),), "devices": (Device("x", note="of x"),)},
        ),
        ("<tuple/>", {"devices": (Device(""),)}),
        ("<person><class>else</class></person>", {"manual": False}),
    ],
)
def test_where_things_may_stand(inside: str, expected: dict[str, object]) -> None:
    document = f'<presence entity=" sip:a@b ">{inside}</presence>'
    assert read_pidf(document.encode()) == RichPresence("sip:a@b", **expected)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"<presenceList/>", b"<description><code>1</code></description>"])
def test_what_is_no_pidf(body: bytes) -> None:
    with pytest.raises(AnswerNotUnderstood, match="no PIDF"):
        read_pidf(body)


def person(*names: str) -> str:
    """Return a person who does these things."""
    return f"<person><activities>{''.join(f'<{name}/>' for name in names)}</activities></person>"


def device(basic: str, *names: str, name: str = "x") -> str:
    """Return a device with a basic status and activities."""
    activities = "".join(f"<{name}/>" for name in names)
    return (
        f'<tuple id="{name}"><status><basic>{basic}</basic></status>'
        f"<activities>{activities}</activities></tuple>"
    )


@pytest.mark.parametrize(
    ("inside", "presence"),
    [
        (person("available"), "AVAILABLE"),
        (person("away"), "AWAY"),
        (person("busy"), "BUSY"),
        (person("dnd"), "DND"),
        (person("vacation"), "VACATION"),
        (person("unavailable"), "UNAVAILABLE"),
        (person("busy", "meeting"), "BUSY"),
        (person("on-the-phone"), "BUSY"),
        (person("meeting"), "BUSY"),
        (person("available", "on-the-phone"), "AVAILABLE"),
        (person("available", "away"), "AWAY"),
        (person("dnd", "busy"), "DND"),
        # The person counts, not the devices.
        (person("away") + device("open", "dnd"), "AWAY"),
        # Without a word for the person, the devices do.
        (person("other") + device("open", "dnd"), "DND"),
        (person("clear") + device("closed"), "UNAVAILABLE"),
        (device("open"), "AVAILABLE"),
        (device("closed"), "UNAVAILABLE"),
        (device(" OPEN "), "AVAILABLE"),
        (device("closed") + device("open", "away"), "AWAY"),
        (device("open", "available") + device("open", "away"), "AVAILABLE"),
        (device("open", "available") + device("open", "away", name="pws-override"), "AWAY"),
        (device("open", "dnd") + device("open", "vacation", name="pws-persistent"), "VACATION"),
        ("<tuple/>", "UNKNOWN"),
        ("", "UNKNOWN"),
    ],
)
def test_the_one_word(inside: str, presence: str) -> None:
    assert read_pidf(f"<presence>{inside}</presence>".encode()).presence == presence


def test_an_unknown_activity_is_logged_once_and_texts_are_no_activities(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _report_unknown_activity.cache_clear()
    caplog.set_level(logging.DEBUG)
    document = f"<presence>{person('juggling', 'phone-status', 'im-status', 'note')}</presence>"
    for _ in range(2):
        assert read_pidf(document.encode()).activities == frozenset()
    (record,) = caplog.records
    assert "juggling" in record.getMessage()


NAMES = st.sampled_from(
    ["presence", "person", "tuple", "activities", "status", "basic", "note", "busy", "x", "class"]
)


@st.composite
def documents(draw: st.DrawFn, depth: int = 0) -> str:
    """Draw something that looks like PIDF, or not."""
    name = "presence" if depth == 0 else draw(NAMES)
    inner = draw(st.lists(documents(depth + 1), max_size=3)) if depth < 4 else []
    return (
        f"<{name} id='i'>{draw(st.sampled_from(['', 'open', 'closed']))}{''.join(inner)}</{name}>"
    )


@given(documents())
def test_any_document_has_a_word(document: str) -> None:
    assert read_pidf(document.encode()).presence in Presence


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHANGED = '<tuple id="a"><timestamp>2026-11-23T11:30:00Z</timestamp></tuple>'


@pytest.mark.parametrize(
    ("inside", "since"),
    [
        (person("busy"), None),
        ('<person><activities from="2026-11-23T11:30:00Z"><busy/></activities></person>', 30),
        ('<person><activities><busy from="2026-11-23T11:30:00Z"/></activities></person>', 30),
        # Over, not yet, and no time.
        ('<person><activities until="2026-11-23T11:30:00Z"><busy/></activities></person>', None),
        ('<person><activities from="2026-11-23T12:30:00Z"><busy/></activities></person>', None),
        ('<person><activities from="now"><busy/></activities></person>', None),
        ("<person><timestamp>2026-11-23T13:30:00+02:00</timestamp></person>", 30),
        ("<person><timestamp>2026-11-23T12:30:00Z</timestamp></person>", None),
        ("<person><timestamp/></person>", None),
        (CHANGED, 30),
        # A device may change while the person stays.
        (person("busy") + CHANGED, None),
    ],
)
def test_since_when(inside: str, since: int | None) -> None:
    document = read_pidf(f"<presence>{inside}</presence>", now=NOON)
    assert document.since == (since and NOON - timedelta(minutes=since))


@pytest.mark.parametrize(
    ("presence", "names"),
    [
        ("DND", "do-not-disturb doNotDisturb"),
        ("VACATION", "holiday"),
        (
            "BUSY",
            "appointment presentation performance working in-transit steering worship",
        ),
        (
            "AWAY",
            "breakfast dinner lunch meal shopping travel spectator tv looking-for-work",
        ),
        ("UNAVAILABLE", "permanent-absence sleeping"),
        ("UNKNOWN", "other unknown phone-status im-status user-input note"),
    ],
)
def test_words_of_other_senders(
    caplog: pytest.LogCaptureFixture, presence: str, names: str
) -> None:
    for name in names.split():
        document = f"<presence>{person(name)}</presence>".encode()
        assert (name, read_pidf(document).presence) == (name, presence)
    assert caplog.text == ""

"""Writing rich presence documents."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.pws import (
    SETTABLE,
    Activity,
    Device,
    Presence,
    read_pidf,
    write_clear,
    write_pidf,
)

CONTACT = "anna@example.com"


def test_an_override_to_the_byte() -> None:
    assert write_pidf(CONTACT, Presence.BUSY, note="Grüße <&>") == (
        b'<presence xmlns="urn:ietf:params:xml:ns:pidf" '
        b'xmlns:r="urn:cisco:params:xml:ns:pidf:rpid" entity="sip:anna@example.com">'
        b'<r:person id="anna"><r:activities><r:busy/></r:activities><r:class>manual</r:class>'
        b"<note>Gr&#252;&#223;e &lt;&amp;&gt;</note></r:person>"
        b'<tuple id="pws-override"><status><basic>open</basic></status>'
        b'<source xmlns="urn:cisco:params:xml:ns:pidf:source">Human</source>'
        b"<r:activities><r:busy/></r:activities></tuple></presence>"
    )


def test_a_device_report_to_the_byte() -> None:
    assert write_pidf(f"sip:{CONTACT}", Presence.UNAVAILABLE, override=False) == (
        b'<presence xmlns="urn:ietf:params:xml:ns:pidf" '
        b'xmlns:r="urn:cisco:params:xml:ns:pidf:rpid" entity="sip:anna@example.com">'
        b'<r:person id="anna"><r:activities><r:unavailable/></r:activities></r:person>'
        b'<tuple id="cisco-pws"><status><basic>closed</basic></status>'
        b'<source xmlns="urn:cisco:params:xml:ns:pidf:source">Presence Web Service</source>'
        b"<r:activities><r:unavailable/></r:activities></tuple></presence>"
    )


def test_a_clear() -> None:
    document = read_pidf(write_clear(CONTACT))
    assert document.activities == {Activity.CLEAR}
    assert document.devices == (
        Device(
            id="cisco-pws",
            source="Presence Web Service",
            is_open=True,
            activities=frozenset({Activity.CLEAR}),
        ),
    )
    assert not document.manual


@given(
    word=st.sampled_from(sorted(SETTABLE)),
    note=st.none() | st.text(),
    override=st.booleans(),
)
def test_what_is_written_is_read_back_or_refused(
    *, word: Presence, note: str | None, override: bool
) -> None:
    try:
        document = write_pidf(CONTACT, word, note=note, override=override)
    except ValueError:
        assert note is not None
        return
    read = read_pidf(document)
    assert read.presence is word
    # Line ends become one on the way, as XML has it.
    expected = (note or "").replace("\r\n", "\n").strip() or None
    assert read.note == expected
    assert read.devices[0].id == ("pws-override" if override else "cisco-pws")


def test_unknown_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="UNKNOWN cannot be set"):
        write_pidf(CONTACT, Presence.UNKNOWN)

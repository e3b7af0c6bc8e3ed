"""Section 10: documents of other senders, and answers of which one contact cannot be read.

What a server passes on cannot be chosen: these cases make the simulator answer so. At a real
server one case reads what there is.
"""

from functools import partial
from typing import Final
from xml.sax.saxutils import escape

from custom_components.cisco_unified_presence.pws import ContactPresence, Presence
from custom_components.cisco_unified_presence.pws.exchange import Request

from .case import REST_ONLY, Needs, Table
from .expecting import holds, same
from .pidf_texts import pidf
from .stage import HOUR, Stage

TABLE = Table(10)

_FETCHES: Final = "subscriptions/|getSubscribedPresence"
_ENVELOPE: Final = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    "<getSubscribedPresenceResponse>{}</getSubscribedPresenceResponse></e:Body></e:Envelope>"
)
_OPEN: Final = '<tuple id="desk"><status><basic>open</basic></status></tuple>'
_BUSY: Final = f"<presence>{_OPEN}<person><activities><busy/></activities></person></presence>"


async def _fetched(
    stage: Stage, contacts: str, *, rich: bool = True, charset: str = "utf-8"
) -> list[ContactPresence]:
    """Fetch a subscription that the server answers with these contacts."""
    subscription = await stage.subscription()
    kind = "rich" if rich else "basic"
    listed = f'<presenceList type="{kind}">{contacts}</presenceList>'
    await stage.control(
        "POST",
        "faults",
        kind="garbage",
        count=1,
        path=_FETCHES,
        body=listed if stage.is_rest else _ENVELOPE.format(listed),
        content_type=f"text/xml; charset={charset}",
    )
    return await stage.fetch(subscription, rich=rich)


def _contact(name: str, inside: str) -> str:
    return f'<contact contactURI="{name}@example.com">{inside}</contact>'


def _activities(inside: str) -> str:
    return f"<presence>{_OPEN}<person><activities>{inside}</activities></person></presence>"


# The document, and the word and the note that a person reads in it.
_DOCUMENTS: Final[dict[str, tuple[str, Presence, str | None]]] = {
    "several persons, the first of them empty": (
        (
            f"<presence>{_OPEN}<person/><person><activities><busy/></activities>"
            "<note>In a call</note></person></presence>"
        ),
        Presence.BUSY,
        "In a call",
    ),
    "an activity as text": (
        _activities("<activity>On-The-Phone</activity>"),
        Presence.BUSY,
        None,
    ),
    "an activity in capitals": (_activities("<MEETING/>"), Presence.BUSY, None),
    "an activity of RFC 4480 alone": (_activities("<lunch/>"), Presence.AWAY, None),
    "an activity that says nothing": (_activities("<other/>"), Presence.AVAILABLE, None),
    "an activity that is over": (
        (
            f'<presence>{_OPEN}<person><activities until="2001-01-01T00:00:00Z"><busy/>'
            "</activities></person></presence>"
        ),
        Presence.AVAILABLE,
        None,
    ),
    "a note of the mood beside one of the person": (
        (
            f"<presence>{_OPEN}<person><mood><note>glad</note></mood><note>In the <b>lab</b></note>"
            "</person></presence>"
        ),
        Presence.AVAILABLE,
        "In the lab",
    ),
    "a note of a tuple alone": (
        f"<presence>{_OPEN.replace('</tuple>', '<note>Back soon</note></tuple>')}</presence>",
        Presence.AVAILABLE,
        "Back soon",
    ),
    "the tuple of an assistant": (
        (
            '<presence><tuple id="own"><status><basic>closed</basic></status></tuple>'
            '<tuple id="other"><status><basic>open</basic></status>'
            "<relationship><assistant/></relationship></tuple></presence>"
        ),
        Presence.UNAVAILABLE,
        None,
    ),
    "a willingness before the status": (
        (
            '<presence><tuple id="phone"><overriding-willingness><basic>closed</basic>'
            "</overriding-willingness><status><basic>open</basic></status></tuple></presence>"
        ),
        Presence.AVAILABLE,
        None,
    ),
    "escaped text that says utf-16": (
        escape(f'<?xml version="1.0" encoding="utf-16"?>{_BUSY}'),
        Presence.BUSY,
        None,
    ),
    "escaped text with a byte order mark": (escape(f"\ufeff{_BUSY}"), Presence.BUSY, None),
}


async def _is_read(document: str, presence: Presence, note: str | None, stage: Stage) -> None:
    (seen,) = await _fetched(stage, _contact("anna", document))
    same(seen.presence, presence, "word")
    same(None if seen.rich is None else seen.rich.note, note, "note")


for _name, _row in _DOCUMENTS.items():
    TABLE.add(None, f"{_name} is read", partial(_is_read, *_row), needs=Needs.ANSWERS)


_BROKEN: Final = {
    "a broken document": escape("<presence><person>"),
    "a document that is none": "<html/>",
    "an error": "<description><code>200</code><message>No</message></description>",
}


async def _is_one(inside: str, stage: Stage) -> None:
    found = await _fetched(stage, _contact("anna", inside) + _contact("ben", _BUSY))
    seen = {each.contact: each.presence for each in found}
    same(seen.get("ben@example.com"), "BUSY", "the contact after it")
    same(seen.get("anna@example.com", "UNKNOWN"), "UNKNOWN", "the contact itself")


for _name, _inside in _BROKEN.items():
    TABLE.add(
        None,
        f"a contact with {_name} is one contact",
        partial(_is_one, _inside),
        needs=Needs.ANSWERS,
    )


async def _is_one_of_basic(first: str, stage: Stage) -> None:
    last = '<contact contactURI="ben@example.com" presenceStatus="DND"/>'
    found = await _fetched(stage, first + last, rich=False)
    seen = {each.contact: each.presence for each in found}
    same(seen.pop("ben@example.com", None), "DND", "the contact after it")
    same(set(seen.values()) - {"UNKNOWN"}, set(), "words of others")


for _name, _first in {
    "without a word": '<contact contactURI="anna@example.com"/>',
    "without a URI": '<contact presenceStatus="BUSY"/>',
}.items():
    TABLE.add(
        None,
        f"a contact {_name} is one contact",
        partial(_is_one_of_basic, _first),
        needs=Needs.ANSWERS,
    )


@TABLE.case(needs=Needs.ANSWERS)
async def a_contact_with_a_scheme_in_an_answer_is_the_person(stage: Stage) -> None:
    contacts = '<contact contactURI="SIP:anna@example.com" presenceStatus="BUSY"/>'
    (seen,) = await _fetched(stage, contacts, rich=False)
    same((seen.contact, seen.presence), ("anna@example.com", "BUSY"), "contact and word")


@TABLE.case(needs=Needs.ANSWERS)
async def the_charset_of_the_content_type_counts(stage: Stage) -> None:
    document = _BUSY.replace("</person>", "<note>B\xfcro</note></person>")
    (seen,) = await _fetched(stage, _contact("anna", document), charset="ISO-8859-1")
    same(None if seen.rich is None else seen.rich.note, "B\xfcro", "note")


@TABLE.case(dialects=REST_ONLY, disturbs=True)
async def the_charset_of_a_request_counts(stage: Stage) -> None:
    session = await stage.person_to_set()
    note = "<note>B\xfcro</note>".encode("latin-1")
    document = pidf(stage.contact, "<dnd/>", more="<note/>").replace(b"<note/>", note)
    headers = {
        "Content-Type": "text/xml; charset=ISO-8859-1",
        "Presence-Session-Key": session.key,
        "Presence-Override": "true",
        "Presence-Expiry": str(HOUR),
    }
    path = f"/users/{session.name}/presence/rich"
    answer = await stage.exchange.send(Request("PUT", path, headers, document))
    same(answer.status // 100, 2, "class of status")
    rich = (await stage.poll(rich=True)).rich
    same(None if rich is None else rich.note, "B\xfcro", "note")


@TABLE.case()
async def every_contact_of_a_rich_list_can_be_read(stage: Stage) -> None:
    found = await stage.fetch(await stage.subscription(), rich=True)
    unreadable = [each.unreadable for each in found if each.unreadable is not None]
    holds(not unreadable, f"{len(unreadable)} of {len(found)} contacts cannot be read")

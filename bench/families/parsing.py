"""Reading answers, against the fastest that Python has for it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
import time
from xml.etree import ElementTree as ET
from xml.parsers import expat

from lxml import etree

from bench.course import Course
from bench.row import Row
from custom_components.cisco_unified_presence.pws import AnswerNotUnderstood, read_pidf
from custom_components.cisco_unified_presence.pws.answers import Concerning
from custom_components.cisco_unified_presence.pws.exchange import Answer
from custom_components.cisco_unified_presence.pws.presence_list import ContactReader
from custom_components.cisco_unified_presence.pws.rest_answers import (
    Reply,
    read_contacts,
    read_reply,
)
from custom_components.cisco_unified_presence.pws.turns import in_turns
from custom_components.cisco_unified_presence.pws.xml import parse_in_turns

OK = 200
BLOCK_MS = 50.0
LOCAL_NAMES = frozenset({"note", "basic", "class", "source"})

DOCUMENT = b"""<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:anna@example.com"
 xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
 xmlns:r="urn:ietf:params:xml:ns:pidf:rpid">
 <dm:person id="anna"><r:activities><r:busy/></r:activities><note>In the lab</note></dm:person>
 <tuple id="jabber"><status><basic>open</basic></status>
  <r:activities><r:available/></r:activities></tuple>
 <tuple id="phone"><status><basic>open</basic></status>
  <r:activities><r:on-the-phone/></r:activities></tuple>
</presence>"""


def presence_list(size: int) -> bytes:
    """Return a list of this many contacts, as a server answers it."""
    contacts = "".join(
        f'<contact contactURI="user{number}@example.com" presenceStatus="AVAILABLE"/>'
        for number in range(size)
    )
    return f'<?xml version="1.0"?><presenceList type="basic">{contacts}</presenceList>'.encode()


def _list_by_us(body: bytes) -> int:
    return sum(
        1 for _ in read_contacts(read_reply(Answer.parsed(OK, None, body), Concerning("user")))
    )


def _list_by_lxml(body: bytes) -> int:
    root = etree.fromstring(body)
    return len([(each.get("contactURI"), each.get("presenceStatus")) for each in root])


def _list_by_elementtree(body: bytes) -> int:
    root = ET.fromstring(body)  # noqa: S314 (this module has written it)
    return len([(each.get("contactURI"), each.get("presenceStatus")) for each in root])


def _list_by_expat(body: bytes) -> int:
    found: list[tuple[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "contact":
            found.append((attributes["contactURI"], attributes["presenceStatus"]))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(body, True)  # noqa: FBT003 (it takes no keywords)
    return len(found)


def _document_by_us(body: bytes) -> int:
    return len(read_pidf(body).devices)


def _document_by_lxml(body: bytes) -> int:
    facts = [
        (name, element.text, element.get("id"))
        for element in etree.fromstring(body).iter()
        if (name := str(element.tag).rpartition("}")[2]) in LOCAL_NAMES or len(element) == 0
    ]
    return len(facts)


def _document_by_expat(body: bytes) -> int:
    facts: list[tuple[str, dict[str, str]]] = []
    texts: list[str] = []
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = lambda name, given: facts.append((name.rpartition("}")[2], given))
    parser.CharacterDataHandler = texts.append
    parser.Parse(body, True)  # noqa: FBT003 (it takes no keywords)
    return len(facts)


type Reader = Callable[[bytes], int]


async def measure(course: Course) -> Sequence[Row]:
    repeats = course.choose(thorough=100, quick=3)
    lists = {"lxml": _list_by_lxml, "ElementTree": _list_by_elementtree, "expat": _list_by_expat}
    documents = {"lxml": _document_by_lxml, "expat": _document_by_expat}
    sizes = course.choose(thorough=(1, 100, 5000), quick=(1, 100))
    rows = [
        _row(f"reading a list of {size}", _list_by_us, lists, presence_list(size), repeats)
        for size in sizes
    ]
    rows.append(_row("reading a PIDF document", _document_by_us, documents, DOCUMENT, repeats))
    for name, body in _long_answers(course.choose(thorough=5000, quick=200)).items():
        blocks = [await _longest_block(body) for _ in range(course.choose(thorough=4, quick=1))]
        limit = (BLOCK_MS,)
        rows.append(Row(name=name, ours=blocks, against="a limit", base=limit, unit="ms", most=1.0))
    return rows


def _long_answers(size: int) -> Mapping[str, bytes]:
    document = DOCUMENT.partition(b"?>")[2].decode()
    contact = f'<contact contactURI="anna@example.com">{document}</contact>'
    elements = "<b/>" * (40 * size)
    return {
        f"longest block of reading {size} documents": _listed(contact * size),
        "longest block of reading too many elements": _listed(elements),
        "longest block of reading one with too many": _listed(
            f'<contact contactURI="anna@example.com"><presence>{elements}</presence></contact>'
        ),
    }


def _listed(contacts: str) -> bytes:
    return f'<presenceList type="rich">{contacts}</presenceList>'.encode()


async def _longest_block(body: bytes) -> float:
    """Return the longest processor time of one turn of the loop while an answer is read, in ms."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    with suppress(AnswerNotUnderstood):
        root = await parse_in_turns(body, parts=ContactReader(rich=True))
        await in_turns(read_contacts(Reply(None, root), rich=True))
    watching.cancel()
    return longest * 1000


def _row(name: str, ours: Reader, others: Mapping[str, Reader], body: bytes, repeats: int) -> Row:
    times: dict[str, list[float]] = {"": [], **{other: [] for other in others}}
    for _ in range(repeats):
        times[""].append(_time(ours, body))
        for other, reader in others.items():
            times[other].append(_time(reader, body))
    fastest = min(others, key=lambda other: sorted(times[other])[repeats // 2])
    return Row(name=name, ours=times[""], against=fastest, base=times[fastest], unit="ms")


def _time(reader: Reader, body: bytes) -> float:
    began = time.perf_counter()
    reader(body)
    return (time.perf_counter() - began) * 1000

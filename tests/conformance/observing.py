"""What a server shows of itself: shapes and names that programs give, nothing of people."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from custom_components.cisco_unified_presence.pws import read_certificates
from custom_components.cisco_unified_presence.pws.exchange import Request
from custom_components.cisco_unified_presence.pws.lxml_document import (
    LxmlElement,
    parse_description,
)
from custom_components.cisco_unified_presence.pws.schema import (
    Declaration,
    ElementParticle,
    Particle,
)
from custom_components.cisco_unified_presence.pws.wsdl import ServiceDescription
from custom_components.cisco_unified_presence.pws.xml import local_name

from .anonymous import LEFT_OUT, Anonymizer
from .stage import Stage

OPERATIONS: Final = (
    "login",
    "logout",
    "registerEndPoint",
    "unregisterEndPoint",
    "subscribe",
    "unsubscribe",
    "getSubscribedPresence",
    "getPolledPresence",
    "setPresence",
)
_NAMED: Final = ("service", "portType", "port", "binding")
_DEEPEST: Final = 6
_MOST_LINES: Final = 80

type Observing = Callable[[Stage, Anonymizer], Awaitable[list[str]]]


async def observed(stage: Stage, anonymizer: Anonymizer) -> list[str]:
    """Return lines about the server; what cannot be had is said to be so."""
    lines: list[str] = []
    for title, observing in _ALL.items():
        try:
            found = await observing(stage, anonymizer)
        except Exception as error:  # noqa: BLE001 - a report says what it can
            found = [f"cannot be read ({type(error).__name__})"]
        lines += [f"{title}:", *(f"  {line}" for line in found[:_MOST_LINES])]
    return lines


async def _description(stage: Stage, anonymizer: Anonymizer) -> list[str]:
    root = await _described(stage)
    lines = [
        f"{local_name(node)} {anonymizer.name(node.get('name', ''))}"
        for node in root.iter("*")
        if local_name(node) in _NAMED and node.get("name")
    ]
    versions = sorted(ServiceDescription(root).versions)
    return [*lines, f"SOAP {', '.join(versions) or 'of no version'}"]


async def _requests(stage: Stage, anonymizer: Anonymizer) -> list[str]:
    described = ServiceDescription(await _described(stage))
    lines = []
    for operation in OPERATIONS:
        declared = described.request(operation)
        outline = "is not described"
        if declared is not None:
            outline = _outline(declared, anonymizer, 0)
        lines.append(f"{operation}: {outline}")
    return lines


async def _described(stage: Stage) -> LxmlElement:
    return parse_description((await stage.exchange.send(Request("GET", "/soap?wsdl"))).body)


def _outline(declared: Declaration, anonymizer: Anonymizer, depth: int) -> str:
    """Return the name of an element, and in brackets what stands inside it."""
    name = anonymizer.name(local_name(declared))
    if depth > _DEEPEST:
        return name
    attributes = [
        f"@{anonymizer.name(each.tag.rpartition('}')[2])}{'' if each.required else '?'}"
        for each in declared.attributes.values()
    ]
    inside = [_particle(part, anonymizer, depth + 1) for part in declared.content.parts]
    return f"{name}({', '.join([*attributes, *inside])})" if attributes or inside else name


def _particle(particle: Particle, anonymizer: Anonymizer, depth: int) -> str:
    marks = ("" if particle.required else "?") + ("*" if particle.repeats else "")
    if isinstance(particle, ElementParticle):
        return _outline(particle.declaration, anonymizer, depth) + marks
    joint = " | " if particle.is_choice else ", "
    inside = joint.join(_particle(part, anonymizer, depth) for part in particle.parts)
    return f"[{inside}]{marks}" if marks or particle.is_choice else inside


async def _certificates(stage: Stage, _: Anonymizer) -> list[str]:
    server = stage.target.https
    if server is None:
        return ["not asked, as there is no HTTPS"]
    shown = await read_certificates(server.bare_host, server.port, timeout=10)
    return [
        f"{'ECDSA' if each.is_ecdsa else 'RSA'},"
        f" {'self-signed' if each.self_signed else 'signed by an authority'}"
        for each in shown.certificates
    ]


async def _headers(stage: Stage, anonymizer: Anonymizer) -> list[str]:
    async with stage.http.get(f"{stage.target.server.base_url}/soap?wsdl") as answer:
        names = sorted({name.casefold() for name in answer.headers})
    return [", ".join(map(anonymizer.name, names))]


async def _rich_document(stage: Stage, anonymizer: Anonymizer) -> list[str]:
    """Return the elements of the document of the run's own watcher, without texts and values."""
    watcher = await stage.watcher()
    contact = stage.target.contact(watcher.name)
    path = f"/users/{watcher.name}/presence/rich/contacts/{contact}"
    headers = {"Presence-Session-Key": watcher.key}
    answer = await stage.exchange.send(Request("GET", path, headers))
    return list(_tree(parse_description(answer.body), anonymizer, 0))


def _tree(element: LxmlElement, anonymizer: Anonymizer, depth: int) -> Iterator[str]:
    attributes = "".join(f" @{anonymizer.name(local_name_of(name))}" for name in element.attrib)
    yield f"{'  ' * depth}{anonymizer.name(local_name(element))}{attributes}"
    for child in element.iterchildren("*"):
        if depth < _DEEPEST:
            yield from _tree(child, anonymizer, depth + 1)
        else:
            yield f"{'  ' * (depth + 1)}{LEFT_OUT}"


def local_name_of(name: object) -> str:
    return str(name).rpartition("}")[2]


_ALL: Final[dict[str, Observing]] = {
    "Description of the service": _description,
    "Requests as it describes them (? optional, * several, | either)": _requests,
    "Certificates": _certificates,
    "Headers of an answer": _headers,
    "Elements of a rich document": _rich_document,
}

"""Writes answers of the REST dialect."""

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import quote

from lxml import etree

from . import presence_list, xml
from .call import Answer, Call
from .errors import PresenceServiceError
from .model import PresenceKind, Seen
from .place import Redirect
from .rest_request import ROOT
from .sessions import Session


def session(opened: Session, backup: str | None) -> Answer:
    root = etree.Element("session")
    etree.SubElement(root, "sessionKey").text = opened.key
    if backup is not None:
        etree.SubElement(root, "backupServer").text = backup
    return Answer(HTTPStatus.CREATED, xml.write(root))


def redirect(call: Call, user: str, found: Redirect) -> Answer:
    """Redirect an end user to another node, by the same scheme."""
    root = etree.Element("session")
    etree.SubElement(root, "redirect").attrib.update(found.servers(call.scheme, call.host))
    node = found.target.authority(call.scheme, call.host)
    location = f"{call.scheme}://{node}{ROOT}/users/{quote(user)}/session"
    return Answer(HTTPStatus.TEMPORARY_REDIRECT, xml.write(root), headers={"Location": location})


def created(call: Call, path: str) -> Answer:
    """Return the location of something new: http without a port, as in the reference."""
    return Answer(HTTPStatus.CREATED, headers={"Location": f"http://{call.host}{ROOT}/{path}"})


def presence(kind: PresenceKind, seen: Iterable[Seen]) -> Answer:
    return Answer(HTTPStatus.OK, xml.write(presence_list.write(kind, seen)))


def failure(error: PresenceServiceError) -> Answer:
    """Return the document of an error, with the real server's blank line and indents."""
    description = error.description
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "\n"
        '    <description xmlns="urn:cisco:cup:presence:soap">\n'
        f"        <code>{int(error.code)}</code>\n"
        f"        <message>{description.message}</message>\n"
        f"        <fix>{description.fix}</fix>\n"
        "    </description>\n"
    )
    return Answer(description.status, document.encode())

"""Answers of a server of the real shapes, written by hand, and what its requests hold."""

from html import escape

from aiohttp import web
from lxml import etree

from .strict_shapes import NAMESPACE

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


class Refusal(Exception):
    """An error code of the service."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def word_of(kind: str, text: str) -> str:
    """Return the word that is set: of a document, its first activity."""
    root = etree.fromstring(text) if text.startswith("<") else None
    if kind == "basic":
        return text if root is None else root.text or ""
    if root is None or root.tag != "{urn:ietf:params:xml:ns:pidf}presence":
        raise Refusal(120)
    (activities,) = root.findall("{*}person/{*}activities")
    word = etree.QName(activities[0]).localname.upper()
    return "AVAILABLE" if word == "CLEAR" else word


def require_expiry(expiry: int | None) -> None:
    if expiry is None or not 3600 <= expiry <= 86400:
        raise Refusal(131)


def made_at(path: str) -> web.Response:
    location = f"http://127.0.0.1/presence-service/{path}"
    return web.Response(status=201, headers={"Location": location})


def root_of(body: bytes, name: str) -> etree._Element:
    root = etree.fromstring(body)
    if root.tag != name:
        raise Refusal(103)
    return root


def description(code: int) -> str:
    return (
        f'<description xmlns="{NAMESPACE}"><code>{code}</code>'
        f"<message>{escape('Refused')}</message><fix>Do otherwise</fix></description>"
    )


def enveloped(inside: str) -> web.Response:
    return xml_answer(f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body>{inside}</e:Body></e:Envelope>')


def xml_answer(text: str, status: int = 200) -> web.Response:
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n\n    {text}'
    return web.Response(status=status, body=document.encode(), content_type="text/xml")

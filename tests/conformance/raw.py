"""Requests that the client would never send: hand-written paths, headers, operations and bodies."""

from dataclasses import replace
from typing import Final

from lxml import etree

from custom_components.cisco_unified_presence.pws import (
    Session,
    SoapVersion,
)
from custom_components.cisco_unified_presence.pws.answers import Concerning
from custom_components.cisco_unified_presence.pws.errors import (
    AnswerNotUnderstood,
)
from custom_components.cisco_unified_presence.pws.exchange import Answer, Exchange, Request
from custom_components.cisco_unified_presence.pws.lxml_document import (
    LxmlElement,
    parse_description,
)
from custom_components.cisco_unified_presence.pws.rest_answers import read_reply
from custom_components.cisco_unified_presence.pws.soap_answers import read_response
from custom_components.cisco_unified_presence.pws.soap_defaults import DEFAULT_NAMESPACE
from custom_components.cisco_unified_presence.pws.soap_request import Call, Language, envelope
from custom_components.cisco_unified_presence.pws.wsdl import ServiceDescription
from custom_components.cisco_unified_presence.pws.xml import XmlElement, local_name

from .case import Spoken

VERSIONS: Final = {Spoken.SOAP_1_1: SoapVersion.V1_1, Spoken.SOAP_1_2: SoapVersion.V1_2}


class RawRequests:
    """Sends requests without the dialects; methods raise PresenceServiceError as those do."""

    def __init__(self, exchange: Exchange, spoken: Spoken) -> None:
        self._exchange = exchange
        self._spoken = spoken
        self._language: Language | None = None

    async def send(self, session: Session | None, rest: Request, soap: Call) -> XmlElement | None:
        """Send one of two requests, by dialect; return the root, or the element in the body."""
        key = None if session is None else session.key
        if self._spoken is not Spoken.REST:
            language = await self.language()
            headers = language.headers(soap.operation)
            return await self.post(language.write(soap, key), headers, session)
        said = {"Content-Type": "text/xml", **rest.headers}
        if key is not None:
            said["Presence-Session-Key"] = key
        answer = await self._exchange.send(replace(rest, headers=said))
        return read_reply(answer, _about(session)).root

    async def post(
        self, body: bytes, headers: dict[str, str] | None = None, session: Session | None = None
    ) -> XmlElement | None:
        """Send a SOAP envelope; ``session`` is the one whose key it contains."""
        said = headers or (await self.language()).headers("login")
        answer = await self._exchange.send(Request("POST", "/soap", said, body))
        return read_response(answer, _about(session))

    async def send_as_written(self, operation: LxmlElement, session: Session) -> XmlElement | None:
        """Send an operation in this shape; only its namespace is taken from the description."""
        language = await self.language()
        namespace = language.described.namespace or DEFAULT_NAMESPACE
        for each in list(operation.iter("{}*")):
            each.tag = etree.QName(namespace, local_name(each))
        header = etree.Element(f"{{{namespace}}}session-key")
        header.text = session.key
        body = envelope(VERSIONS[self._spoken], header, operation)
        headers = language.headers(local_name(operation))
        return await self.post(body, headers, session)

    async def post_operation(self, element: LxmlElement) -> XmlElement | None:
        """Send an operation that is not in the description."""
        return await self.post(envelope(VERSIONS[self._spoken], None, element))

    async def language(self) -> Language:
        """Return the spelling of the server's WSDL, or the default one."""
        if self._language is None:
            answer = await self._exchange.send(Request("GET", "/soap?wsdl"))
            self._language = Language.of(_description(answer), VERSIONS[self._spoken])
        return self._language


def _about(session: Session | None) -> Concerning:
    return Concerning("") if session is None else Concerning(session.name, (), (session.key,))


def _description(answer: Answer) -> ServiceDescription | None:
    try:
        return ServiceDescription(parse_description(answer.body))
    except AnswerNotUnderstood:
        return None

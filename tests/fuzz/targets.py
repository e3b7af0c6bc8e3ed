"""All targets by name, with their valid documents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from tests.pws.wire import RICH_ANNA

from . import client_targets as client
from . import documents
from . import simulator_targets as simulator


@dataclass(frozen=True, slots=True)
class Target:
    """A parser, and documents for it.

    Attributes:
        run: Parses the bytes. Raises nothing unless the parser has a fault.
        documents: Valid documents.
        choices: The number of bytes beside each document that choose path, headers or status.
        choices_last: Whether these bytes come after the document.
    """

    run: Callable[[bytes], None]
    documents: Sequence[bytes]
    choices: int = 0
    choices_last: bool = False

    def seed(self, document: bytes) -> bytes:
        """Return an input with this document and the first choices."""
        chosen = bytes(self.choices)
        return document + chosen if self.choices_last else chosen + document


@cache
def targets() -> dict[str, Target]:
    return {
        "rest-answer": Target(client.rest_answer, documents.REST_ANSWERS, 1, choices_last=True),
        "soap-answer": Target(client.soap_answer, documents.SOAP_ANSWERS, 1, choices_last=True),
        "fault": Target(client.fault, documents.FAULTS),
        "pidf": Target(client.pidf, (RICH_ANNA,)),
        "wsdl": Target(client.wsdl, documents.DESCRIPTIONS_OF_SERVICES),
        "epas-answer": Target(client.epas, documents.EPAS_ANSWERS),
        "location": Target(client.location, documents.LOCATIONS),
        "node-name": Target(client.node_name, documents.NAMES),
        "certificate": Target(client.certificate, documents.certificates()),
        "query": Target(client.query, (b"10", b"0", b"9" * 18)),
        "notification": Target(client.notification, documents.QUERIES, 1),
        "sample": Target(client.sample, documents.REST_ANSWERS),
        "rest-request": Target(simulator.rest_request, documents.REST_REQUESTS, 5),
        "path": Target(simulator.path, documents.PATHS, 5),
        "soap-request": Target(simulator.soap_request, documents.SOAP_REQUESTS, 2),
        "epas-request": Target(simulator.epas_request, documents.EPAS_REQUESTS),
        "callback": Target(simulator.callback, documents.CALLBACKS),
        "control-headers": Target(simulator.control_headers, documents.CONTROL_HEADERS),
        "control-request": Target(simulator.control_request, documents.CONTROL_REQUESTS),
    }

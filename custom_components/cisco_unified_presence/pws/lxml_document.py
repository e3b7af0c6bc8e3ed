"""Elements of lxml: what is written, and the descriptions of services, which have namespaces."""

from typing import Final

from lxml import etree

from .encodings import utf8_at_once
from .errors import AnswerNotUnderstood

# Elements and attributes of a WSDL. A real one has about a thousand, in 20 kB.
_MAX_DESCRIBED: Final = 10_000

_PARSER: Final = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    recover=False,
    remove_comments=True,
    remove_pis=True,
)

type LxmlElement = etree._Element  # noqa: SLF001 - lxml has no public name for it


def parse_description(body: bytes, charset: str | None = None) -> LxmlElement:
    """Parse a document with namespaces and return its root.

    Raises:
        AnswerNotUnderstood: It is not well-formed, or longer than the description of a service.
    """
    text = utf8_at_once(body, charset)
    if text.count(b"<") + text.count(b"=") > _MAX_DESCRIBED or b"<!DOCTYPE" in text:
        raise AnswerNotUnderstood("it holds too much for the description of a service")
    try:
        return etree.fromstring(text, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise AnswerNotUnderstood("it is not well-formed XML") from error

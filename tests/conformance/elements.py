"""XML documents, built from elements without checks."""

from lxml import etree

from custom_components.cisco_unified_presence.pws.lxml_document import LxmlElement


def element(name: str, /, *children: LxmlElement, text: str = "", **attributes: str) -> LxmlElement:
    made = etree.Element(name, attributes)
    made.text = text or None
    made.extend(children)
    return made


def written(root: LxmlElement) -> bytes:
    return etree.tostring(root)

"""XML documents, built from elements without checks."""

from lxml import etree

from custom_components.cisco_unified_presence.pws.xml import XmlElement


def element(name: str, *children: XmlElement, text: str = "", **attributes: str) -> XmlElement:
    made = etree.Element(name, attributes)
    made.text = text or None
    made.extend(children)
    return made


def written(root: XmlElement) -> bytes:
    return etree.tostring(root)

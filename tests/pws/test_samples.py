"""Samples of what cannot be read."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

import pytest

from custom_components.cisco_unified_presence.pws import samples
from custom_components.cisco_unified_presence.pws.samples import (
    LONGEST_SAMPLE_OF_CONTACT,
    sample_of_element,
)


def test_an_element_is_written_anew() -> None:
    root = Element("contact", {"uri": 'a"b'})
    root.text = "1 < 2"
    first = SubElement(root, "basic")
    first.text, first.tail = "BUSY", "after"
    SubElement(root, "rich")
    root.tail = "not of the element"

    assert sample_of_element(root) == (
        "<contact uri='a\"b'>1 &lt; 2<basic>BUSY</basic>after<rich></rich></contact>"
    )


def test_parts_are_cut() -> None:
    root = Element("t" * 300, {"name": "v" * 300})
    root.text = "x" * 300

    assert sample_of_element(root) == (f'<{"t" * 200} name="{"v" * 200}">{"x" * 200}</{"t" * 200}>')


def test_no_more_than_twenty_attributes() -> None:
    root = Element("t", {f"a{number}": "" for number in range(30)})

    sample = sample_of_element(root)

    assert "a19=" in sample
    assert "a20=" not in sample


def test_many_elements_are_not_walked() -> None:
    root = Element("t")
    for _ in range(5000):
        SubElement(root, "child")

    assert len(sample_of_element(root)) == LONGEST_SAMPLE_OF_CONTACT == 2000


def test_no_more_is_written_than_the_sample_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    def parts(_: Element) -> Iterator[str]:
        for _number in range(21):
            yield "x" * 100
        raise AssertionError

    monkeypatch.setattr(samples, "_parts", parts)
    assert sample_of_element(Element("a")) == "x" * 2000

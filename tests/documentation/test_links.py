"""Links, images and file names in the documentation have targets."""

import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.blueprints.environment import NAMES
from tests.blueprints.test_importing import blueprint
from tests.common.texts import FOLDER

from .pages import REPOSITORY, page, pages

MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text())
IMPORT = "https://my.home-assistant.io/redirect/blueprint_import/"
FILE = re.compile(r"[\w*./-]+\.(py|yaml|json|wsdl|xsd)|(docs|tests|demo|bench|pws)/[\w./-]*")
LINKS = [(each.name, link) for each in pages() for link in each.links]


@pytest.mark.parametrize(
    ("name", "link"), [(name, link) for name, link in LINKS if "://" not in link]
)
def test_the_page_and_the_heading_of_a_link_exist(name: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = _target(name, path)
    assert target.exists()
    if anchor:
        assert anchor in page(str(target.relative_to(REPOSITORY))).anchors


@pytest.mark.parametrize(
    ("name", "image"), [(each.name, image) for each in pages() for image in each.images]
)
def test_an_image_exists(name: str, image: str) -> None:
    assert _target(name, image).is_file()


@pytest.mark.parametrize("name", [each.name for each in pages()])
def test_a_named_file_exists(name: str) -> None:
    for word in page(name).commands:
        if FILE.fullmatch(word):
            inside = REPOSITORY.glob(f"[!.]*/**/{word}")
            assert (REPOSITORY / word).exists() or any(inside), word


@pytest.mark.parametrize(("name", "link"), [(name, link) for name, link in LINKS if "://" in link])
def test_external_links_use_https(name: str, link: str) -> None:
    assert urlsplit(link).scheme == "https"


@pytest.mark.parametrize("name", [each.name for each in pages()])
def test_the_repository_has_one_address(name: str) -> None:
    for place in page(name).text.split("https://github.com/")[1:]:
        assert f"https://github.com/{place}".startswith(MANIFEST["documentation"])


def test_every_page_is_in_the_index() -> None:
    index = {
        _target("docs/README.md", link.partition("#")[0]) for link in page("docs/README.md").links
    }
    assert index == {REPOSITORY / each.name for each in pages()} - {REPOSITORY / "docs/README.md"}


def test_every_blueprint_can_be_imported_with_a_link() -> None:
    found = {
        parse_qs(urlsplit(link).query)["blueprint_url"][0]
        for link in page("docs/blueprints.md").links
        if link.startswith(IMPORT)
    }
    assert found == {blueprint(name).metadata["source_url"] for name in NAMES}


def _target(name: str, path: str) -> Path:
    here = REPOSITORY / name
    return (here.parent / path).resolve() if path else here

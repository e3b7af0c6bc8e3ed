"""The diagram of docs/architecture.md shows the layers of the import contracts."""

from itertools import chain, pairwise
import re
import tomllib
from typing import Any

import pytest

from tests.common.texts import FOLDER

from .kinds import Kind, blocks_of
from .pages import REPOSITORY, Block

ARCHITECTURE = "docs/architecture.md"
LAYER = re.compile(r"subgraph (\w+)\[.*?\]\n(.*?)\n *end", re.DOTALL)
NODE = re.compile(r'(\w+)\["([\w./]+)"\]')
ARROW = re.compile(r"^ *(\w+) --> (\w+)$", re.MULTILINE)

type Layers = list[set[str]]


def contracts() -> list[dict[str, Any]]:
    configuration = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    found: list[dict[str, Any]] = configuration["tool"]["importlinter"]["contracts"]
    return found


def layers_of_contracts() -> Layers:
    (layers,) = (each["layers"] for each in contracts() if each["type"] == "layers")
    return [set(layer.split(" | ")) for layer in layers]


@pytest.fixture(name="diagram")
def diagram_fixture() -> str:
    (block,) = (each for each in blocks_of(Kind.DIAGRAM) if each.page == ARCHITECTURE)
    return block.text


@pytest.mark.parametrize("block", blocks_of(Kind.DIAGRAM), ids=str)
def test_diagrams_are_compared_with_contracts(block: Block) -> None:
    assert block.page == ARCHITECTURE


def nodes_by_layer(diagram: str) -> list[list[tuple[str, str]]]:
    """Return the nodes of each layer with their labels."""
    return [NODE.findall(nodes) for _, nodes in LAYER.findall(diagram)]


def test_the_layers_are_those_of_the_contract(diagram: str) -> None:
    layers = [{node for node, _ in nodes} for nodes in nodes_by_layer(diagram)]
    assert layers == layers_of_contracts()


def test_each_layer_points_to_the_next(diagram: str) -> None:
    layers = [name for name, _ in LAYER.findall(diagram)]
    assert ARROW.findall(diagram) == list(pairwise(layers))


def test_labels_tell_packages_from_modules(diagram: str) -> None:
    for node, label in chain.from_iterable(nodes_by_layer(diagram)):
        assert label == (f"{node}/" if (FOLDER / node).is_dir() else f"{node}.py")
        assert (FOLDER / label).exists()


def test_every_package_is_imported_by_its_public_face() -> None:
    packages = {file.parent.name for file in FOLDER.glob("*/__init__.py")}
    protected = {
        module.removesuffix(".*").rpartition(".")[2]
        for contract in contracts()
        if contract["type"] == "protected"
        for module in contract["protected_modules"]
    }
    assert protected == packages

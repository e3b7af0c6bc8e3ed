"""Who may know whom: the house's walls, read from the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "custom_components/cisco_unified_presence"
PWS = HOUSE / "pws"
SIMULATOR = ROOT / "cup_simulator"

# What speaks to the server, and the rooms that do; the others know its values and its errors.
SPEECH = {
    "ContactService",
    "PresenceClient",
    "make_ssl_context",
    "open_session",
    "read_certificate",
}
SPEAKING = {
    "certificate_repair",
    "checks",
    "client_configuration",
    "config_flow",
    "connection",
    "eyes",
    "hold_writer",
    "reconciler",
    "nodes",
    "leftovers",
    "looking",
    "subscription",
}


def imports(module: Path) -> Iterator[tuple[str, str]]:
    """Return what a file imports as module and name; relative modules keep their dots."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from ((name.name, "") for name in names)
            case ast.ImportFrom(module=origin, names=names, level=level):
                source = "." * level + (origin or "")
                yield from ((source, name.name) for name in names)


def files(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found
    return found


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", files(PWS), ids=relative)
def test_client_knows_nothing_of_home_assistant_and_the_simulator(module: Path) -> None:
    for source, _ in imports(module):
        assert source.split(".")[0] not in {
            "homeassistant",
            "cup_simulator",
            "custom_components",
            "voluptuous",
        }
        assert not source.startswith("..")


@pytest.mark.parametrize("module", files(SIMULATOR), ids=relative)
def test_simulator_knows_nothing_of_home_assistant_and_the_client(module: Path) -> None:
    for source, _ in imports(module):
        assert source.split(".")[0] not in {"homeassistant", "custom_components"}
        assert not source.startswith("..")


@pytest.mark.parametrize("module", sorted(HOUSE.glob("*.py")), ids=relative)
def test_house_knows_the_client_by_its_front_door(module: Path) -> None:
    for source, name in imports(module):
        assert not source.startswith(".pws."), "The modules behind pws may change."
        assert source.split(".")[0] != "cup_simulator"
        if source == ".pws" and module.stem not in SPEAKING:
            assert name not in SPEECH


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("coordinator", {".eventing", ".reconciler", ".subscription", ".connection", ".looking"}),
        ("looking", {".eventing", ".reconciler", ".subscription", ".connection"}),
        ("subscription", {".eventing", ".reconciler", ".connection"}),
        ("callback", {".eventing", ".subscription", ".connection", ".coordinator"}),
        ("sensor", {".eventing", ".reconciler", ".subscription", ".connection", ".looking"}),
        ("services", {".eventing", ".subscription", ".connection", ".coordinator"}),
    ],
)
def test_flow_has_one_direction(module: str, forbidden: set[str]) -> None:
    known = {source for source, _ in imports(HOUSE / f"{module}.py")}
    assert not known & forbidden

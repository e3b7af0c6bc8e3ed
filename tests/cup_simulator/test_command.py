"""The command `cup-simulator`: what it prints, and how it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import inspect
import json
from pathlib import Path
import re
import signal
import sys
from unittest.mock import patch

import pytest

from cup_simulator import Ports, Simulator, configuration, control
from cup_simulator.__main__ import main
from cup_simulator.listening import ListenError

from .wire import HOST, Wire, parse, request_bytes, send

PORTS = ("--http-port=0", "--https-port=0", "--control-port=0", "--epas-port=0")


@asynccontextmanager
async def command(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cup_simulator",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    return (await asyncio.wait_for(process.stdout.readline(), 20)).decode()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_it_announces_its_ports_and_stops_on_a_signal(
    socket_enabled: None, tmp_path: Path, stop: signal.Signals
) -> None:
    async with command(*PORTS, "--announce", f"--tls-dir={tmp_path}") as process:
        announced = json.loads(await line(process))

        assert announced["host"] == "127.0.0.1"
        assert announced["tls_dir"] == str(tmp_path)
        ports = [announced[f"{name}_port"] for name in ("http", "https", "control", "epas")]
        assert len(set(ports)) == 4
        assert [node["name"] for node in announced["nodes"]] == ["node1"]
        reply = parse(await send(ports[2], request_bytes("GET", "/", {"Host": HOST})))
        assert reply.status == 200
        process.send_signal(stop)
        assert await asyncio.wait_for(process.wait(), 20) == 0
        assert process.stderr
        assert await process.stderr.read() == b""


async def test_it_says_where_it_is_reached(socket_enabled: None, tmp_path: Path) -> None:
    config = tmp_path / "cup.yaml"
    config.write_text(
        "{domain: example.org, application_users: {a: {password: b}}, people: {}}",
        encoding="utf-8",
    )
    arguments = (f"--config={config}", "--host=127.0.0.1", f"--tls-dir={tmp_path / 'tls'}")
    async with command(*PORTS, *arguments) as process:
        service = await line(process)
        control = await line(process)

    found = r"http://127\.0\.0\.1:\d+/presence-service and https://127\.0\.0\.1:\d+/presence-s"
    assert re.search(found, service)
    assert re.fullmatch(r"Control: http://127\.0\.0\.1:\d+/\n", control)


async def test_it_announces_every_node(socket_enabled: None, tmp_path: Path) -> None:
    config = tmp_path / "cup.yaml"
    config.write_text(
        "{domain: example.org, application_users: {a: {password: b}}, people: {},"
        " nodes: {alpha: {backup: beta}, beta: }}",
        encoding="utf-8",
    )
    arguments = (f"--config={config}", f"--tls-dir={tmp_path / 'tls'}")
    async with command(*PORTS, "--announce", *arguments) as process:
        announced = json.loads(await line(process))
    async with command(*PORTS, *arguments) as process:
        said = [await line(process) for _ in range(2)]

    first, second = announced["nodes"]
    kinds = ("http_port", "https_port", "epas_port")
    assert {kind: first[kind] for kind in kinds} == {kind: announced[kind] for kind in kinds}
    assert (first["name"], first["backup"], first["state"]) == ("alpha", "beta", "running")
    assert (second["name"], second["host"]) == ("beta", "127.0.0.1")
    assert len({node[kind] for node in (first, second) for kind in kinds}) == 6
    for name, text in zip(("alpha", "beta"), said, strict=True):
        assert text.startswith(f"Presence Web Service at {name}: http://127.0.0.1:")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    """Run the command in this process and return its exit status and error output."""
    with patch.object(sys, "argv", ["cup-simulator", *arguments]), pytest.raises(SystemExit) as end:
        main()
    return end.value.code, capsys.readouterr().err


def test_help_shows_a_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    with patch.object(sys, "argv", ["cup-simulator", "--help"]), pytest.raises(SystemExit):
        main()

    shown = capsys.readouterr().out
    for expected in ("--tls-dir", "application_users:", "POST   /control/faults", "Exit status"):
        assert expected in shown
    for port in (8082, 8083, 8084, 8443):
        assert f"(default: {port})" in shown


@pytest.mark.parametrize("document", ["help", "docs/simulator.md"])
def test_every_key_and_every_call_is_documented(
    capsys: pytest.CaptureFixture[str], document: str
) -> None:
    with patch.object(sys, "argv", ["cup-simulator", "--help"]), pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out if document == "help" else Path(document).read_text()

    assert [key for key in configuration._KEYS if f"{key}:" not in said] == []
    source = inspect.getsource(control.Control.application)
    calls = {path.rpartition("/")[2] for path in re.findall(r'"(/control/[^"]+)"', source)}
    ends = {end for end in calls if not end.startswith("{")}
    assert {"state", "blocks", "contacts", "sharing", "clock"} <= ends
    assert [end for end in ends if not re.search(rf"/control/\S*{end}", said)] == []


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_is_none(capsys: pytest.CaptureFixture[str], port: str) -> None:
    code, said = run(capsys, f"--http-port={port}")

    assert code == 2
    assert f"{port} is not a port from 0 to 65535" in said


def test_a_configuration_that_is_not_there(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = run(capsys, f"--config={tmp_path / 'none.yaml'}")

    assert code == 2
    assert re.fullmatch(r"cup-simulator: /\S+none\.yaml cannot be read: .+\.\n", said)


async def test_a_port_that_is_taken(wire: Wire, tmp_path: Path) -> None:
    taken = wire.simulator.ports.http
    arguments = (*PORTS, f"--http-port={taken}", f"--tls-dir={tmp_path}")
    async with command(*arguments) as process:
        _, said = await asyncio.wait_for(process.communicate(), 20)

    assert process.returncode == 2
    expected = f"cup-simulator: Cannot listen on 127.0.0.1 port {taken}: Address already in use.\n"
    assert said.decode() == expected


async def test_a_control_port_that_is_taken_leaves_nothing_open(
    wire: Wire, simulator: Simulator
) -> None:
    second = Simulator(ports=Ports(control=simulator.ports.control))
    with pytest.raises(ListenError):
        await second.__aenter__()

    assert not second.nodes["node1"].presence.is_open
    assert not second.tls_dir.exists()


async def test_a_host_that_is_not_there(tmp_path: Path) -> None:
    async with command(*PORTS, "--host=nowhere.invalid", f"--tls-dir={tmp_path}") as process:
        _, said = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 2
    assert re.fullmatch(
        r"cup-simulator: Cannot listen on nowhere\.invalid port 0: .+\.\n", said.decode()
    )

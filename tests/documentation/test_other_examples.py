"""Examples without Home Assistant: commands, the simulator, Python, protocol documents."""

import ast
import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
import json
from pathlib import Path
import re
import shlex
import subprocess
import sys
from typing import Any

from lxml import etree
import pytest
import yaml
import zeep

from cup_simulator.call import Call
from cup_simulator.configuration import parse_configuration
from cup_simulator.rest_request import RequestedSubscription
from cup_simulator.server import Simulator
from custom_components.cisco_unified_presence.pws.answers import Concerning
from custom_components.cisco_unified_presence.pws.exchange import Answer
from custom_components.cisco_unified_presence.pws.faults import Throttled
from custom_components.cisco_unified_presence.pws.rest_answers import read_contacts, read_reply
from tests.conformance.table import CASES
from tests.cup_simulator.wire import Wire

from .kinds import Kind, blocks_of, kind_of, read, read_xml
from .pages import REPOSITORY, Block, page, pages

# Commands of the shell or the system.
SYSTEM = {"export", "git", "read"}
MODULE = re.compile(r"""python"? -m ([\w.]+)""")
ANY_USER = Concerning("anna")
WORD = re.compile(r"\w+")
VARIABLE = re.compile(r"CUP_[A-Z_]+")
OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")


# Commands


def commands_in(text: str) -> Iterator[list[str]]:
    """Yield the commands of a shell script, split into words, without leading assignments."""
    for line in text.replace("\\\n", " ").replace("&&", "\n").splitlines():
        words = shlex.split(line, comments=True)
        while words and re.match(r"[A-Z_]+=", words[0]):
            del words[0]
        if words:
            yield words


@cache
def help_of(command: str) -> str:
    """Return the options in a script, and the help of the modules that it runs."""
    script = (REPOSITORY / command).read_text() if command.startswith("script/") else command
    own = re.findall(r"(?:^ +|= )(--[\w-]+)(?:\)$| \])", script, re.MULTILINE)
    return "\n".join([*own, *map(_help_of_module, MODULE.findall(script))])


@cache
def _help_of_module(module: str) -> str:
    done = subprocess.run(  # noqa: S603 (a module of this repository)
        [sys.executable, "-m", module, "--help"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def check_command(words: list[str]) -> None:
    """Assert that the program exists and knows the options and names, and that files exist."""
    program, *arguments = words
    if program in SYSTEM:
        return
    if program == "python":
        program, arguments = f"python -m {arguments[1]}", arguments[2:]
    else:
        assert (REPOSITORY / program).is_file(), program
    after_option = False
    for argument in arguments:
        if argument.startswith("-"):
            assert argument in OPTION.findall(help_of(program)), argument
        elif "/" in argument:
            assert (REPOSITORY / argument).exists(), argument
        elif not after_option:
            assert argument in WORD.findall(help_of(program)), argument
        after_option = argument.startswith("-")


@pytest.mark.parametrize("block", blocks_of(Kind.SHELL), ids=str)
def test_a_command_exists(block: Block) -> None:
    for words in commands_in(block.text):
        check_command(words)


@pytest.mark.parametrize("name", [each.name for each in pages()])
def test_a_command_in_a_sentence_exists(name: str) -> None:
    for command in page(name).commands:
        if command.startswith("script/"):
            check_command(shlex.split(command))


def test_every_option_of_the_simulator_is_documented() -> None:
    documented = set(OPTION.findall(" ".join(page("docs/simulator.md").commands)))
    assert set(OPTION.findall(help_of("python -m cup_simulator"))) - {"-h", "--help"} <= documented


def test_every_variable_of_the_conformance_suite_is_documented() -> None:
    read = VARIABLE.findall((REPOSITORY / "tests/conformance/target.py").read_text())
    assert set(VARIABLE.findall(page("docs/conformance.md").text)) == set(read)


# The simulator


def completed(block: Block) -> dict[str, Any]:
    """Return a configuration. An excerpt is merged into the complete one before it."""
    content: dict[str, Any] = read(block)
    if "domain" in content:
        return content
    assert block.before
    assert kind_of(block.before) is Kind.SIMULATOR
    whole = completed(block.before)
    # In a cluster each node has its own, as the page says.
    del whole["backup_server"]
    people = {
        user: {**whole["people"].get(user, {}), **each} for user, each in content["people"].items()
    }
    return {**whole, **content, "people": people}


@pytest.mark.parametrize("block", blocks_of(Kind.SIMULATOR), ids=str)
async def test_the_simulator_runs_with_a_configuration(
    block: Block, socket_enabled: None, tls_dir: Path
) -> None:
    content = completed(block)
    configuration = parse_configuration(yaml.safe_dump(content))
    async with Simulator(configuration, tls_dir=tls_dir) as simulator:
        assert simulator.nodes.keys() == content.get("nodes", {"node1": None}).keys()


def shape_of(content: Any) -> Any:
    """Return the structure of keys; of a list, that of its first element."""
    match content:
        case dict():
            return {key: shape_of(value) for key, value in content.items()}
        case list():
            return [shape_of(each) for each in content[:1]]
    return None


@pytest.mark.parametrize("block", blocks_of(Kind.STATE), ids=str)
async def test_the_control_port_returns_a_state_of_this_shape(
    block: Block, socket_enabled: None, tls_dir: Path
) -> None:
    async with Simulator(tls_dir=tls_dir) as simulator:
        wire = Wire(simulator)
        key = await wire.login("watcher")
        await wire.subscribe(key, await wire.register("http://127.0.0.1:9/cup"), "user1")
        await wire.choose("user1", "DND", note="Lunch")
        assert shape_of(json.loads(block.text)) == shape_of(await wire.state())


# Python


@pytest.mark.parametrize("block", blocks_of(Kind.PYTHON), ids=str)
async def test_python_runs(block: Block, socket_enabled: None, tls_dir: Path) -> None:
    if "TABLE" in block.text:
        check_quotation(block.text)
        return
    async with Simulator(tls_dir=tls_dir) as simulator:
        here = f"127.0.0.1:{simulator.ports.http}"
        code = compile(
            block.text.replace("127.0.0.1:8082", here),
            str(block),
            "exec",
            flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        )
        # Code with await returns a coroutine; other code blocks, and so runs in a thread.
        running = await asyncio.to_thread(eval, code, {"zeep": zeep})
        if running is not None:
            await running


def check_quotation(text: str) -> None:
    """Assert that quoted code is in the conformance suite."""
    (quoted,) = ast.parse(text).body
    files = (REPOSITORY / "tests" / "conformance").glob("*.py")
    written = (node for file in files for node in ast.parse(file.read_text()).body)
    assert ast.dump(quoted) in map(ast.dump, written)


# Protocol documents and reports


@pytest.mark.parametrize("block", blocks_of(Kind.PROTOCOL), ids=str)
def test_a_document_can_be_read(block: Block) -> None:
    match etree.QName(read_xml(block)).localname:
        case "subscription":
            body = etree.tostring(read_xml(block))
            call = Call("POST", "", "", {"Presence-Expiry": "3600"}, body, "http", "cup")
            assert all(asdict(RequestedSubscription.read(call)).values())
        case "presenceList":
            assert list(read_contacts(read_reply(answered(200, block), ANY_USER)))
        case "description":
            with pytest.raises(Throttled):
                read_reply(answered(503, block), ANY_USER)
        case other:
            pytest.fail(f"No test reads {other}.")


def answered(status: int, block: Block) -> Answer:
    return Answer.parsed(status, None, block.text.encode())


@pytest.mark.parametrize("block", blocks_of(Kind.REPORT), ids=str)
def test_a_report_names_cases_that_exist(block: Block) -> None:
    labels = {case.label for case in CASES}
    heading, *lines = [re.split(r"  +", line)[0] for line in block.text.splitlines()]
    assert heading == "case"
    assert set(lines) <= labels

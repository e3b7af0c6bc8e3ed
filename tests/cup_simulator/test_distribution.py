"""The distribution of the simulator: its name, files, dependencies and README."""

import ast
from importlib.metadata import packages_distributions
from inspect import CO_COROUTINE
from pathlib import Path
import re
import sys
import tomllib

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "cup_simulator"
CONFIGURATION = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = CONFIGURATION["project"]


def imported() -> set[str]:
    """Return the top-level modules that the simulator imports from elsewhere."""
    found = set[str]()
    for file in PACKAGE.glob("**/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names


def test_it_has_the_name_of_the_command_and_a_readme_of_its_own() -> None:
    assert PROJECT["name"] == "cup-simulator"
    assert PROJECT["scripts"] == {"cup-simulator": "cup_simulator.__main__:main"}
    assert PROJECT["readme"] == "cup_simulator/README.md"
    assert (
        (REPOSITORY / PROJECT["readme"]).read_text(encoding="utf-8").startswith("# cup-simulator")
    )


def test_it_holds_the_simulator_alone() -> None:
    targets = CONFIGURATION["tool"]["hatch"]["build"]["targets"]
    assert targets["wheel"] == {"packages": ["cup_simulator"]}
    assert set(targets["sdist"]["only-include"]) == {"cup_simulator", *PROJECT["license-files"]}


def test_it_requires_what_it_imports() -> None:
    distributions = packages_distributions()
    required = {re.split(r"[^\w-]", each)[0].lower() for each in PROJECT["dependencies"]}
    assert required == {distributions[module][0].lower() for module in imported()}


async def test_the_example_of_the_readme_runs(socket_enabled: None) -> None:
    readme = (PACKAGE / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    code = compile(example, "README.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert code.co_flags & CO_COROUTINE
    names: dict[str, object] = {}
    await eval(code, names)  # noqa: S307 (the README's example)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/presence-service", str(names["url"]))

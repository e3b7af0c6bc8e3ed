"""The integration's source code as trees in which calls and keys are found."""

import ast
from collections.abc import Iterator
import re

from .texts import FOLDER

# By their path in the integration: "services.py", "flows/server.py".
MODULES = {
    path.relative_to(FOLDER).as_posix(): ast.parse(path.read_text())
    for path in FOLDER.rglob("*.py")
}


def calls(name: str, *modules: str) -> Iterator[ast.Call]:
    """Yield the calls of a function or method of this name."""
    for module in modules or MODULES:
        for node in ast.walk(MODULES[module]):
            if isinstance(node, ast.Call) and name == _last_name(node.func):
                yield node


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def literals(node: ast.AST | None) -> set[str]:
    """Return the texts in a piece of code that could be keys of translations."""
    found = ast.walk(node) if node else ()
    constants = (each.value for each in found if isinstance(each, ast.Constant))
    return {each for each in constants if isinstance(each, str) and re.fullmatch("[a-z_]+", each)}


def _last_name(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]

"""The integration's Python code, parsed and not run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from .repository import Finding, Repository, Unreadable

STEP = "async_step_"


@dataclass(frozen=True, slots=True)
class Code:
    """The integration's modules, those of its packages included.

    Attributes:
        modules: The parsed modules by file, relative to the repository's root.
        classes: All top-level classes by name.
    """

    modules: dict[Path, ast.Module]
    classes: dict[str, ast.ClassDef]

    @classmethod
    def of(cls, repository: Repository) -> Self:
        """Parse all modules.

        Raises:
            Unreadable: A file is not valid Python.
        """
        files = repository.glob(f"{repository.integration}/**/*.py")
        modules = {file: _parsed(repository, file) for file in files}
        classes = {
            node.name: node
            for module in modules.values()
            for node in module.body
            if isinstance(node, ast.ClassDef)
        }
        return cls(modules, classes)

    def families_of(self, base: str) -> Iterator[list[ast.ClassDef]]:
        """Yield each class below a base class, together with its ancestors in this code."""
        for name in self.classes:
            ancestors = self._ancestors_of(name)
            if base in ancestors:
                yield [self.classes[each] for each in {name, *ancestors} & self.classes.keys()]

    def _ancestors_of(self, name: str) -> set[str]:
        if name not in self.classes:
            return set()
        bases = {_last_name(base) for base in self.classes[name].bases}
        return bases.union(*(self._ancestors_of(base) for base in bases))

    def defines(self, file: Path, *names: str) -> bool:
        """Return whether a module has one of these functions or variables at its top level."""
        module = self.modules.get(file)
        return module is not None and not _defined_in(module).isdisjoint(names)

    def assigns(self, file: Path, attribute: str) -> bool:
        """Return whether a module sets an attribute of this name."""
        module = self.modules.get(file)
        return module is not None and any(
            isinstance(node, ast.Attribute)
            and node.attr == attribute
            and isinstance(node.ctx, ast.Store)
            for node in ast.walk(module)
        )


def has_step(family: list[ast.ClassDef], step: str) -> bool:
    """Return whether a flow, or one of its ancestors, defines a step."""
    return any(
        isinstance(method, ast.AsyncFunctionDef) and method.name == f"{STEP}{step}"
        for definition in family
        for method in definition.body
    )


def calls(family: list[ast.ClassDef], *names: str) -> bool:
    """Return whether a class, or one of its ancestors, calls one of these methods."""
    return any(
        isinstance(node, ast.Call) and _last_name(node.func) in names
        for definition in family
        for node in ast.walk(definition)
    )


def _last_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _parsed(repository: Repository, file: Path) -> ast.Module:
    try:
        return ast.parse(repository.read(file))
    except SyntaxError as error:
        raise Unreadable(Finding(file, f"This is not valid Python: {error}.")) from error


def _defined_in(module: ast.Module) -> set[str]:
    found = set[str]()
    for node in module.body:
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {_last_name(target) for target in node.targets}
        elif isinstance(node, ast.AnnAssign):
            found.add(_last_name(node.target))
    return found

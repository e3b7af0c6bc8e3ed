"""What the integration's code says about its flows and functions, read without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from .repository import Finding, Repository, Unreadable

STEP = "async_step_"


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the integration.

    Attributes:
        file: Where it is, from the repository's root.
        node: Its code.
    """

    file: Path
    node: ast.ClassDef

    @property
    def name(self) -> str:
        """Return its name."""
        return self.node.name

    @property
    def bases(self) -> set[str]:
        """Return what it is made of, without what is in brackets."""
        return {last_name(base) for base in self.node.bases}

    @property
    def methods(self) -> Iterator[ast.AsyncFunctionDef | ast.FunctionDef]:
        """Walk through its own methods."""
        for each in self.node.body:
            if isinstance(each, ast.AsyncFunctionDef | ast.FunctionDef):
                yield each

    @property
    def own_steps(self) -> set[str]:
        """Return the steps that it defines itself."""
        return {each.name.removeprefix(STEP) for each in self.methods if each.name.startswith(STEP)}


@dataclass(frozen=True, slots=True)
class Code:
    """The integration's modules, those of its packages too.

    Attributes:
        modules: What each file says.
        classes: All classes by their names.
    """

    modules: dict[Path, ast.Module]
    classes: dict[str, Class]

    @classmethod
    def of(cls, repository: Repository) -> Self:
        """Read the code.

        Raises:
            Unreadable: A file is no Python.
        """
        files = repository.glob(f"{repository.integration}/**/*.py")
        modules = {file: _parsed(repository, file) for file in files}
        classes = {
            node.name: Class(file, node)
            for file, module in modules.items()
            for node in module.body
            if isinstance(node, ast.ClassDef)
        }
        return cls(modules, classes)

    def ancestors_of(self, name: str) -> set[str]:
        """Return what a class is made of, to the top."""
        found = self.classes[name].bases if name in self.classes else set[str]()
        return found.union(*(self.ancestors_of(each) for each in found))

    def descendants_of(self, *bases: str) -> list[Class]:
        """Return the classes that are made of one of these."""
        return [
            each
            for name, each in self.classes.items()
            if not self.ancestors_of(name).isdisjoint(bases)
        ]

    def steps_of(self, name: str) -> set[str]:
        """Return the steps of a class and of what it is made of."""
        family = {name, *self.ancestors_of(name)} & self.classes.keys()
        return set[str]().union(*(self.classes[each].own_steps for each in family))

    def text(self, node: ast.expr | None) -> str:
        """Return the text that an expression stands for: its own, or that of a constant."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        return self._constants.get(ast.unparse(node), "") if node else ""

    @property
    def _constants(self) -> dict[str, str]:
        return {
            node.target.id: node.value.value
            for module in self.modules.values()
            for node in module.body
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        }

    def defines(self, file: Path, *names: str) -> bool:
        """Return whether a module has one of these functions or variables at its top."""
        module = self.modules.get(file)
        return module is not None and not _defined_in(module).isdisjoint(names)

    def methods_call(self, flow: str, *names: str) -> bool:
        """Return whether a class or one of its ancestors calls one of these methods."""
        family = {flow, *self.ancestors_of(flow)} & self.classes.keys()
        return any(any(calls_in(self.classes[each].node, *names)) for each in family)

    def assigns(self, file: Path, attribute: str) -> bool:
        """Return whether a module sets an attribute of this name."""
        module = self.modules.get(file)
        return module is not None and any(
            isinstance(node, ast.Attribute)
            and node.attr == attribute
            and isinstance(node.ctx, ast.Store)
            for node in ast.walk(module)
        )


def calls_in(node: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Walk through the calls of functions and methods of these names."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and last_name(each.func) in names:
            yield each


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return what a call is given by a name."""
    return next((each.value for each in call.keywords if each.arg == name), None)


def last_name(node: ast.expr) -> str:
    """Return the last word of a name with dots."""
    return ast.unparse(node).rpartition(".")[2]


def _parsed(repository: Repository, file: Path) -> ast.Module:
    try:
        return ast.parse(repository.read(file))
    except SyntaxError as error:
        raise Unreadable(Finding(file, f"This is no Python: {error}.")) from error


def _defined_in(module: ast.Module) -> set[str]:
    found = set[str]()
    for node in module.body:
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {last_name(target) for target in node.targets}
        elif isinstance(node, ast.AnnAssign):
            found.add(last_name(node.target))
    return found

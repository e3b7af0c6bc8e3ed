"""The changes that can be made to a source file, one operator, constant or statement at a time.

Left alone is what has no effect on behaviour: annotations, decorators, docstrings, imports,
`__all__`, what only the type checker runs, texts of log lines, log lines of level debug, and names
of tasks, which only logs show.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
import re
from typing import override

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "*",
    ast.BitOr: "&",
    ast.BitAnd: "|",
}
_ONLY_TYPES = frozenset({"cast", "NewType", "TypeVar"})
# What takes the name of a task or job among its arguments.
_NAMING = frozenset(
    {
        "HassJob",
        "async_create_background_task",
        "async_create_task",
        "async_detached",
        "async_in_full",
        "async_run",
    }
)
_LOG_METHODS = frozenset({"debug", "error", "exception", "info", "log", "warning"})


@dataclass(frozen=True, slots=True)
class Change:
    """A replacement of some bytes of a file.

    Attributes:
        line: Where the replaced bytes begin, from 1.
        runs: The first and the last of the lines that run when the changed code does.
        names: What the changed statement defines, where it runs on import; else empty.
    """

    line: int
    start: int
    end: int
    replacement: str
    runs: tuple[int, int]
    names: frozenset[str]

    def applied_to(self, source: bytes) -> bytes:
        return source[: self.start] + self.replacement.encode() + source[self.end :]

    def is_valid_in(self, source: bytes) -> bool:
        """Return whether the changed module can be compiled."""
        try:
            compile(self.applied_to(source), "changed", "exec", dont_inherit=True)
        except SyntaxError:
            return False
        return True


def changes_of(source: bytes) -> dict[int, list[Change]]:
    """Return the changes of a module by their line; a few of them cannot be compiled."""
    finder = _Finder(source)
    finder.visit(ast.parse(source))
    lines: dict[int, list[Change]] = {}
    for each in sorted(
        set(finder.found), key=lambda each: (each.start, each.end, each.replacement)
    ):
        lines.setdefault(each.line, []).append(each)
    return lines


class _Finder(ast.NodeVisitor):
    """Collects the changes of a module."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._line_starts = [0]
        for line in source.splitlines(keepends=True):
            self._line_starts.append(self._line_starts[-1] + len(line))
        self._runs = (1, 1)
        self._names: frozenset[str] = frozenset()
        self._in_function = False
        self.found: list[Change] = []

    # Places in the source

    def _offset(self, line: int, column: int) -> int:
        return self._line_starts[line - 1] + column

    def _span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        end_line, end_column = node.end_lineno, node.end_col_offset
        assert end_line is not None
        assert end_column is not None
        return self._offset(node.lineno, node.col_offset), self._offset(end_line, end_column)

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()

    def _add(self, line: int, span: tuple[int, int], replacement: str) -> None:
        self.found.append(Change(line, *span, replacement, self._runs, self._names))

    def _replace(self, node: ast.expr | ast.stmt, replacement: str) -> None:
        self._add(node.lineno, self._span(node), replacement)

    # Statements

    @override
    def visit(self, node: ast.AST) -> None:
        if not isinstance(node, ast.stmt):
            super().visit(node)
            return
        before = self._runs, self._names
        self._runs = (node.lineno, _last_line_of_head(node))
        if not self._in_function:
            self._names |= defined_by(node)
        super().visit(node)
        self._runs, self._names = before

    def _visit_body(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            if not _is_text(statement):
                self.visit(statement)

    @override
    def visit_Module(self, node: ast.Module) -> None:
        self._visit_body(node.body)

    @override
    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_body(node.body)

    @override
    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    @override
    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before = self._in_function, self._names
        self._in_function, self._names = True, frozenset()
        # A default value is noticed where the function runs.
        self._runs = (node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        self._visit_body(node.body)
        self._in_function, self._names = before

    @override
    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.body)

    @override
    def visit_Import(self, node: ast.Import) -> None:
        """Leave imports alone."""

    @override
    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Leave imports alone."""

    @override
    def visit_TypeAlias(self, node: ast.TypeAlias) -> None:
        """Leave types alone."""

    @override
    def visit_Assign(self, node: ast.Assign) -> None:
        if any(isinstance(each, ast.Name) and each.id == "__all__" for each in node.targets):
            return
        if any(isinstance(each, ast.Attribute | ast.Subscript) for each in node.targets):
            self._replace(node, "pass")
        self.visit(node.value)

    @override
    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    @override
    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._replace(node, "pass")
        self.visit(node.value)

    @override
    def visit_Delete(self, node: ast.Delete) -> None:
        self._replace(node, "pass")

    @override
    def visit_Raise(self, node: ast.Raise) -> None:
        self._replace(node, "pass")
        self.generic_visit(node)

    @override
    def visit_Continue(self, node: ast.Continue) -> None:
        self._replace(node, "pass")
        self._replace(node, "break")

    @override
    def visit_Break(self, node: ast.Break) -> None:
        self._replace(node, "pass")
        self._replace(node, "continue")

    @override
    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            self._replace(node, "pass")
            return
        if not _is_false(node.value):
            self._replace(node.value, "None")
        self.visit(node.value)

    @override
    def visit_Expr(self, node: ast.Expr) -> None:
        if _is_text(node) or _log_level(node.value) == "debug":
            return
        if not isinstance(node.value, ast.Yield | ast.YieldFrom):
            self._replace(node, "pass")
        self.visit(node.value)

    @override
    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        self._replace_condition(node.test)
        self._visit_body([*node.body, *node.orelse])

    @override
    def visit_While(self, node: ast.While) -> None:
        if not isinstance(node.test, ast.Constant):
            self._replace_condition(node.test)
        self._visit_body([*node.body, *node.orelse])

    @override
    def visit_Assert(self, node: ast.Assert) -> None:
        """Leave alone what only tells the type checker."""

    @override
    def visit_match_case(self, node: ast.match_case) -> None:
        if node.guard is not None:
            self._replace_condition(node.guard)
        self._visit_body(node.body)

    @override
    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if isinstance(node.type, ast.Tuple):
            texts = [self._text(each) for each in node.type.elts]
            for index in range(len(texts)):
                rest = texts[:index] + texts[index + 1 :]
                self._replace(node.type, f"({', '.join(rest)},)")
        self._visit_body(node.body)

    def _replace_condition(self, test: ast.expr) -> None:
        self._replace(test, "True")
        self._replace(test, "False")
        self.visit(test)

    # Expressions

    @override
    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for index, operator in enumerate(node.ops):
            start = self._span(operands[index])[1]
            end = self._span(operands[index + 1])[0]
            between = self._source[start:end].decode()
            # Around the operator there may be brackets and line breaks.
            found = re.search(r"==|!=|<=|>=|<|>|is\s+not|not\s+in|\bis\b|\bin\b", between)
            assert found is not None
            first = start + len(between[: found.start()].encode())
            span = (first, first + len(found[0].encode()))
            self._add(node.lineno, span, _COMPARISONS[type(operator)])
        self.generic_visit(node)

    @override
    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        texts = [f"({self._text(each)})" for each in node.values]
        joint, other = (" and ", " or ") if isinstance(node.op, ast.And) else (" or ", " and ")
        self._replace(node, f"({other.join(texts)})")
        for index in range(len(texts)):
            self._replace(node, f"({joint.join(texts[:index] + texts[index + 1 :])})")
        self.generic_visit(node)

    @override
    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._replace(node, f"({self._text(node.operand)})")
        self.generic_visit(node)

    @override
    def visit_BinOp(self, node: ast.BinOp) -> None:
        if other := _ARITHMETIC.get(type(node.op)):
            left, right = self._text(node.left), self._text(node.right)
            self._replace(node, f"(({left}) {other} ({right}))")
        self.generic_visit(node)

    @override
    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._replace(node, f"({self._text(node.body)})")
        self._replace(node, f"({self._text(node.orelse)})")
        self.generic_visit(node)

    @override
    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.visit(node.iter)
        for test in node.ifs:
            self._replace_condition(test)

    @override
    def visit_Call(self, node: ast.Call) -> None:
        self.visit(node.func)
        without_text = _log_level(node) is not None or _name_of(node.func) in _ONLY_TYPES
        names_task = _name_of(node.func) in _NAMING
        for argument in node.args[1 if without_text else 0 :]:
            if not (names_task and _is_string(argument)):
                self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg is not None and not _says_default(node, keyword):
                self._remove_keyword(keyword)
            self.visit(keyword.value)

    def _remove_keyword(self, keyword: ast.keyword) -> None:
        start, end = self._span(keyword)
        comma = re.match(rb"\s*,", self._source[end:])
        self._add(keyword.lineno, (start, end + (comma.end() if comma else 0)), "")

    @override
    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        # The fixed parts are no literals of their own.
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                self.visit(each.value)

    @override
    def visit_Constant(self, node: ast.Constant) -> None:
        match node.value:
            case bool():
                self._replace(node, repr(not node.value))
            case int() | float():
                self._replace(node, repr(node.value + 1))
            case str():
                self._replace(node, repr("XX" + node.value))
            case bytes():
                self._replace(node, repr(b"XX" + node.value))


def _says_default(call: ast.Call, keyword: ast.keyword) -> bool:
    """Return whether a keyword is there for the reader only, as the linter wants it."""
    is_strict = keyword.arg == "strict" and _name_of(call.func) in {"batched", "zip"}
    return is_strict and _is_false(keyword.value)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _last_line_of_head(node: ast.stmt) -> int:
    """Return the last line of a statement, without the statements in it."""
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        return node.end_lineno or node.lineno
    first = body[0]
    begin: int = first.pattern.lineno if isinstance(first, ast.match_case) else first.lineno
    return max(node.lineno, begin - 1)


def defined_by(node: ast.stmt) -> frozenset[str]:
    """Return the names that an assignment or a class defines."""
    match node:
        case ast.Assign(targets=targets):
            return frozenset(filter(None, map(_name_of, targets)))
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return frozenset(filter(None, [_name_of(target)]))
        case ast.ClassDef(name=name):
            return frozenset({name})
    return frozenset()


def _name_of(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def _log_level(node: ast.expr) -> str | None:
    """Return the method of a logger that is called, or None."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
            return method if owner.endswith("LOGGER") and method in _LOG_METHODS else None
    return None

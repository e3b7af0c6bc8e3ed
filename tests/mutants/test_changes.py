"""What is changed in a module, and what is left alone."""

from textwrap import dedent

import pytest

from .changes import changes_of


def results(source: str) -> set[str]:
    """Return the lines that result from each change."""
    data = dedent(source).encode()
    before = data.decode().splitlines()
    found: set[str] = set()
    for changes in changes_of(data).values():
        for each in changes:
            if each.is_valid_in(data):
                after = each.applied_to(data).decode().splitlines()
                found.update(line.strip() for line in after if line not in before)
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a == b", {"x = a != b"}),
        ("x = a < b", {"x = a <= b"}),
        ("x = a is None", {"x = a is not None"}),
        ("x = a not in b", {"x = a in b"}),
        ("x = a and b", {"x = ((a) or (b))", "x = ((a))", "x = ((b))"}),
        ("x = not a", {"x = (a)"}),
        ("x = a + b", {"x = ((a) - (b))"}),
        ("x = a if b else c", {"x = (a)", "x = (c)"}),
        ("x = [a for a in b if c]", {"x = [a for a in b if True]", "x = [a for a in b if False]"}),
        ("x = 1", {"x = 2"}),
        ("x = True", {"x = False"}),
        ("x = 'ä'", {"x = 'XXä'"}),
        ("x = f'{a + b}'", {"x = f'{((a) - (b))}'"}),
        ("f(a, b=c)", {"f(a, )", "pass"}),
        ("f(strict=False)", {"f(strict=True)", "f()", "pass"}),
        ("zip(strict=False)", {"zip(strict=True)", "pass"}),
        ("f(b=c, d=e)", {"f( d=e)", "f(b=c, )", "pass"}),
        ("a.b = c", {"pass"}),
        ("a += b", {"pass"}),
        ("del a[b]", {"pass"}),
        ("raise a", {"pass"}),
        ("if a: b", {"if True: b", "if False: b", "if a: pass"}),
    ],
)
def test_changes(source: str, expected: set[str]) -> None:
    assert results(source) == expected


def test_statements_of_a_function() -> None:
    source = """
        def f():
            for a in b:
                try:
                    continue
                except (c, d):
                    return
            return e
    """
    assert results(source) == {"pass", "break", "except (c,):", "except (d,):", "return None"}


@pytest.mark.parametrize(
    "source",
    [
        '"""A text."""',
        "import a",
        "from a import b",
        "__all__ = ['a']",
        "x: Literal['a']",
        "type X = Literal['a']",
        "def f(a: Literal['b']) -> Literal['c']:\n    '''A text.'''",
        "@decorated(1)\nclass C:\n    '''A text.'''",
        "if TYPE_CHECKING:\n    x = 1",
        "LOGGER.debug('text', 1)",
        "x = cast('int', a)",
        "assert a",
        "x = None",
    ],
)
def test_left_alone(source: str) -> None:
    assert results(source) == set()


def test_a_log_line_may_go_but_its_text_stays() -> None:
    assert results("LOGGER.warning('text', 1)") == {"pass", "LOGGER.warning('text', 2)"}


def test_the_name_of_a_task_stays() -> None:
    assert results("tasks.async_run(f(1), 'name')") == {"pass", "tasks.async_run(f(2), 'name')"}
    assert results("x = async_detached(f(1), 'name')") == {"x = async_detached(f(2), 'name')"}


def test_what_cannot_be_compiled_is_known() -> None:
    source = b"def f():\n    nonlocal_ = lambda: (yield 1)\n    for a in b:\n        continue\n"
    assert all(each.is_valid_in(source) for each in changes_of(source)[4])
    (other,) = {
        each.replacement for each in changes_of(b"for a in b:\n    pass\nelse:\n    x = 1\n")[4]
    }
    assert other == "2"


def test_the_lines_that_run_a_change() -> None:
    source = dedent("""
        LIMIT = 1

        class C:
            size = 2

            def f(self, a=3):
                if (
                    a == 4
                ):
                    return 5
    """).encode()
    found = {each.replacement: each for changes in changes_of(source).values() for each in changes}
    assert found["2"].names == {"LIMIT"}
    assert found["3"].names == {"C", "size"}
    assert not found["4"].names
    assert found["4"].runs == (8, 11)
    assert found["5"].runs == (8, 10)
    assert found["6"].runs == (11, 11)

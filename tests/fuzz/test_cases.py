"""What exploring finds is kept, and what was kept is fed."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
import pytest

from . import cases
from .cases import EXPLORATION, found, keep, keeping, with_found


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep nothing in the repository."""
    monkeypatch.setattr(cases, "FOUND", tmp_path)
    monkeypatch.delenv(EXPLORATION, raising=False)
    return tmp_path


def test_kept_inputs_are_found_once() -> None:
    assert found("pidf") == []
    keep("pidf", b"<a>")
    keep("pidf", b"<a>")
    keep("pidf", b"<b>")
    assert sorted(found("pidf")) == [b"<a>", b"<b>"]


def test_found_inputs_are_fed_to_a_test() -> None:
    keep("pidf", b"not drawn")
    fed: list[bytes] = []

    @with_found("pidf")
    @given(data=st.just(b"drawn"))
    def feed(data: bytes) -> None:
        fed.append(data)

    feed()
    assert set(fed) == {b"not drawn", b"drawn"}


def test_the_smallest_input_that_fails_is_kept_while_exploring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(EXPLORATION, "found-now")

    @given(data=st.binary(max_size=8))
    def feed(data: bytes) -> None:
        with keeping("pidf", data):
            assert len(data) < 3

    with pytest.raises(AssertionError):
        feed()
    assert found("pidf") == [b"\0\0\0"]


def test_otherwise_nothing_is_kept(folder: Path) -> None:
    with pytest.raises(AssertionError), keeping("pidf", b"x"):
        raise AssertionError
    assert list(folder.iterdir()) == []

"""Long work that lets other tasks run in between."""

from collections.abc import Iterator

import pytest

from custom_components.cisco_unified_presence.pws import in_turns
from tests.common.pauses import note_pauses


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, each time."""
    return note_pauses(monkeypatch)


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (99, 0), (100, 1), (199, 1), (250, 2)])
async def test_after_so_many_items(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch, count: int, expected: int
) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 5.0)
    assert await in_turns(range(count)) == list(range(count))
    assert pauses == [0] * expected


async def test_after_so_many_seconds(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)

    def items() -> Iterator[int]:
        nonlocal now
        for number in range(6):
            now += 0.0025
            yield number

    # After the third of them it has taken more than five milliseconds.
    assert await in_turns(items()) == [0, 1, 2, 3, 4, 5]
    assert pauses == [0, 0]

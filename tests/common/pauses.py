"""Pauses in which others have their turn."""

import pytest


def note_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return what notes the seconds of each sleep from now on; nothing sleeps any more."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("asyncio.sleep", sleep)
    return pauses

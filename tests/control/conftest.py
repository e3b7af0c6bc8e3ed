"""Fixtures: a reconciler for two people, without a server."""

from collections.abc import AsyncGenerator
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.common.strategies import NOW
from tests.control.reconciled import Reconciled


@pytest.fixture
async def reconciled(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[Reconciled]:
    freezer.move_to(NOW)
    reconciled = Reconciled(hass, freezer, hass_storage, monkeypatch)
    yield reconciled
    reconciled.reconciler.async_stop()

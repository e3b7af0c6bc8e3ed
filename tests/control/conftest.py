"""Fixtures: a reconciler for two people without a server, and a decision log that is noted."""

from collections.abc import AsyncGenerator
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.common.strategies import NOW
from tests.control.reconciled import Reconciled
from tests.control.told_decisions import Told


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


@pytest.fixture
def told(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Told:
    freezer.move_to(NOW)
    return Told(hass, freezer)

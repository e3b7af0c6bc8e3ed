"""Fixtures: a reconciler and a queue without a server, and a decision log that is noted."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.control import undo
from tests.common.strategies import NOW
from tests.control.queued import Client, Queued
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


@pytest.fixture
async def queued(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[Queued]:
    queued = Queued(hass, freezer)

    @asynccontextmanager
    async def own_client(_hass: HomeAssistant, *given: Any) -> AsyncGenerator[Client]:
        queued.own_clients.append(given)
        yield queued.other

    monkeypatch.setattr(undo, "open_client", own_client)
    yield queued
    queued.queue._timers.async_cancel_all()

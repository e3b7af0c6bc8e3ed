"""No password, session key or secret of the callback is disclosed anywhere."""

from collections.abc import Iterator
from dataclasses import replace
import json
import logging
import traceback
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_PASSWORD, MATCH_ALL
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser, Configuration
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.diagnostics import (
    async_get_config_entry_diagnostics,
)
from tests.common.entry import SECRET
from tests.common.server import Cup
from tests.common.waiting import pass_time, settled

# Occurs in no other text.
PASSWORD = "pAss<&>w0rd"
WRONG = "wr0ng-pAss"
BUSY = {"entity_id": "sensor.anna_presence", "presence": "busy"}

FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("lose_sessions", {}),
    ("lose_subscriptions", {}),
    ("error", {"code": 101}),
    ("error", {"code": 114}),
    ("error", {"code": 200}),
    ("error", {"code": 130}),
    ("garbage", {"body": f"<html>{PASSWORD}"}),
    ("garbage", {"status": 500, "body": "<description><code>205</code></description>"}),
    ("truncate", {"bytes": 5}),
    ("refuse_connections", {}),
)


@pytest.fixture
def cup_configuration(cup_configuration: Configuration) -> Configuration:
    """Give the application user a password that occurs in no other text."""
    return replace(cup_configuration, application_users={"hass": ApplicationUser(PASSWORD)})


@pytest.fixture
def entry_data(entry_data: dict[str, Any]) -> dict[str, Any]:
    return {**entry_data, CONF_PASSWORD: PASSWORD}


class Recorder:
    """Records everything that people could read."""

    def __init__(self, hass: HomeAssistant, cup: Cup, caplog: pytest.LogCaptureFixture) -> None:
        self._hass = hass
        self._cup = cup
        self._caplog = caplog
        self._keys: set[str] = set()
        self._texts: list[tuple[str, str]] = []
        hass.bus.async_listen(MATCH_ALL, self._record_event)

    def _record_event(self, event: Event) -> None:
        self._texts.append(("event", repr(event.as_dict())))

    def record_keys(self) -> None:
        """Record the session keys that are valid now."""
        self._keys |= {session.key for session in self._cup.simulator.service.sessions}

    async def act(self, action: str, **data: Any) -> None:
        """Call an action, and record its exception with all causes."""
        try:
            await self._hass.services.async_call(DOMAIN, action, data, blocking=True)
        except HomeAssistantError as error:
            self._texts += [
                ("exception", "".join(traceback.format_exception(error))),
                *(("repr", repr(each)) for each in _causes(error)),
            ]
        self.record_keys()

    def record_state(self, entry: MockConfigEntry) -> None:
        """Record registries, states and flows."""
        hass = self._hass
        flows = hass.config_entries.flow.async_progress()
        self._texts += [
            *(("state", repr(state.as_dict())) for state in hass.states.async_all()),
            *(("issue", repr(issue)) for issue in ir.async_get(hass).issues.values()),
            *(("device", repr(each)) for each in dr.async_get(hass).devices),
            *(("entity", repr(each)) for each in er.async_get(hass).entities.values()),
            *(("flow", repr({**each, "context": dict(each["context"])})) for each in flows),
            ("reason", repr((entry.reason, entry.error_reason_translation_placeholders))),
        ]

    async def record_diagnostics(self, entry: MockConfigEntry) -> None:
        diagnostics = await async_get_config_entry_diagnostics(self._hass, entry)
        self._texts.append(("diagnostics", json.dumps(diagnostics, default=str)))

    def disclosures(self, *more: str) -> list[tuple[str, str]]:
        """Return the recorded texts with a secret, and their places."""
        logged = [
            (record.name, f"{record.getMessage()} {record.exc_text or ''} {record.args!r}")
            for record in self._caplog.records
        ]
        assert len(self._keys) > 1
        assert len(logged) > 10
        secrets = {*self._keys, SECRET, *more}
        return [
            (where, text)
            for where, text in (*logged, *self._texts)
            if any(secret in text for secret in secrets)
        ]


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


@pytest.fixture
def recorder(hass: HomeAssistant, cup: Cup, caplog: pytest.LogCaptureFixture) -> Recorder:
    """Record everything, with all loggers at debug level."""
    caplog.set_level(logging.DEBUG)
    return Recorder(hass, cup, caplog)


async def test_no_secret_is_disclosed_by_faults(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    recorder: Recorder,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await settled(cup)
    recorder.record_keys()
    await recorder.act("set_presence", **BUSY)
    for kind, details in FAULTS:
        await cup.inject(kind, **details)
        await pass_time(freezer, cup, 60)
        await recorder.act("set_presence", **BUSY)
        recorder.record_state(loaded)
        await recorder.record_diagnostics(loaded)
        await cup.heal()
        await pass_time(freezer, cup, 60)
        recorder.record_keys()
    assert await hass.config_entries.async_unload(loaded.entry_id)
    recorder.record_state(loaded)

    assert recorder.disclosures(PASSWORD) == []


async def test_no_refused_password_is_disclosed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    recorder: Recorder,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await settled(cup)
    recorder.record_keys()
    flow = await loaded.start_reauth_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"application_user": "hass", CONF_PASSWORD: WRONG}
    )
    assert result["errors"]
    assert WRONG not in repr({**result, "data_schema": None})
    for _ in range(3):
        await cup.inject("lose_sessions")
        acting = hass.async_create_task(recorder.act("set_presence", **BUSY))
        # News that would confirm the write goes with the sessions; it is read after a while.
        await settled(cup)
        await pass_time(freezer, cup, 3)
        await acting
    recorder.record_state(loaded)

    assert recorder.disclosures(PASSWORD, WRONG) == []

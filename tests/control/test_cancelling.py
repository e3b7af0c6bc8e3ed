"""Settings whose request is cancelled in the middle, as by a script that is restarted."""

from collections.abc import Callable
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.control import Reconciler
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.cancelling import cancel_at
from tests.common.server import Cup
from tests.common.setting_presence import clear_presence, logged_in, set_presence
from tests.common.waiting import pass_time, settled

SHOWN = {"manual": "DND", "own": "AVAILABLE"}
DND = RequestedPresence(Presence.DND, override=True)


def set_dnd(reconciler: Reconciler, person: Any) -> Any:
    return reconciler.async_set_manual(person, DND, None)


def clear(reconciler: Reconciler, person: Any) -> Any:
    return reconciler.async_clear_manual(person)


@pytest.mark.parametrize("act", [set_dnd, clear])
async def test_the_server_agrees_with_what_is_decided(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    act: Callable[[Reconciler, Any], Any],
) -> None:
    reconciler = loaded.runtime_data.reconciler
    (anna,) = loaded.runtime_data.coordinator.controlled.values()
    number, goes_on = 0, True
    while goes_on:
        await (clear_presence(hass) if act is set_dnd else set_presence(hass, "do_not_disturb"))
        await settled(cup)
        goes_on = await cancel_at(number, act(reconciler, anna))
        await settled(cup)
        source = reconciler.decision_of(anna).source.value
        assert await cup.presence_of("anna") == SHOWN[source], number
        assert ("anna" in await logged_in(cup)) is (source == "manual"), number
        assert reconciler.is_settled, number
        number += 1
        # Rules would wait, after six writes in a minute.
        await pass_time(freezer, cup, 60)

"""What tests of nodes share: probes without pauses."""

import pytest

from custom_components.cisco_unified_presence.pws import switchover


@pytest.fixture(autouse=True)
def _probes_without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probe a node that does not answer as often as ever, at once."""
    pauses = switchover._PROBE_PAUSES
    monkeypatch.setattr(switchover, "_PROBE_PAUSES", (0.0,) * len(pauses))

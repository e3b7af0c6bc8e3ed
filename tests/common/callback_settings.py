"""Settings of the callback."""

from custom_components.cisco_unified_presence.const import CallbackMode
from custom_components.cisco_unified_presence.settings import CallbackSettings

from .entry import SECRET


def settings(
    mode: CallbackMode = CallbackMode.AUTOMATIC, url: str | None = None, port: int = 8080
) -> CallbackSettings:
    """Return the settings of a new entry, changed by the arguments."""
    return CallbackSettings(mode=mode, url=url, port=port, secret=SECRET)

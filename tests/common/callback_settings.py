"""What a user chose about the place where notifications come in."""

from custom_components.cisco_unified_presence.const import CallbackMode
from custom_components.cisco_unified_presence.settings import CallbackSettings

from .entry import SECRET


def settings(
    mode: CallbackMode = CallbackMode.AUTOMATIC, url: str | None = None, port: int = 8080
) -> CallbackSettings:
    """Return settings that differ from those of a new entry in what is said."""
    return CallbackSettings(mode=mode, url=url, port=port, secret=SECRET)

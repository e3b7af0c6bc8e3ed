"""Lists of listeners."""

from functools import partial

from homeassistant.core import CALLBACK_TYPE


def add_listener[ListenerT](listeners: list[ListenerT], listener: ListenerT) -> CALLBACK_TYPE:
    """Add a listener, and return what removes it."""
    listeners.append(listener)
    return partial(listeners.remove, listener)

"""Those who want to be told, until they say that they do not."""

from functools import partial

from homeassistant.core import CALLBACK_TYPE


def add_listener[ListenerT](listeners: list[ListenerT], listener: ListenerT) -> CALLBACK_TYPE:
    """Add a listener to others, and return what removes it."""
    listeners.append(listener)
    return partial(listeners.remove, listener)

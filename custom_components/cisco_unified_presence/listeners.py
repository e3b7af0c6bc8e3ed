"""Lists of listeners."""

from functools import partial

from homeassistant.core import CALLBACK_TYPE


def add_listener[ListenerT](listeners: list[ListenerT], listener: ListenerT) -> CALLBACK_TYPE:
    listeners.append(listener)
    return partial(listeners.remove, listener)

"""The board: the module that browsers load, and the commands by which it follows people."""

from .commands import async_register_commands
from .feed import async_end_feeds
from .module import async_set_up_module

__all__ = ["async_end_feeds", "async_register_commands", "async_set_up_module"]

"""Voice: what can be asked and set by speaking, and by language models."""

from .installation import VOICE, async_remove_voice, async_start_voice
from .intents import async_register_intents
from .tools import PROMPT, async_presence_tools

__all__ = [
    "PROMPT",
    "VOICE",
    "async_presence_tools",
    "async_register_intents",
    "async_remove_voice",
    "async_start_voice",
]

"""What the forms ask."""

from .callback_form import (
    CALLBACK_SCHEMA,
    errors_in_callback,
    read_callback,
    with_callback,
)
from .server import ServerFlow

__all__ = [
    "CALLBACK_SCHEMA",
    "ServerFlow",
    "errors_in_callback",
    "read_callback",
    "with_callback",
]

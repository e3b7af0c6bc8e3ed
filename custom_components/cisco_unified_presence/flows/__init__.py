"""The config, options and subentry flows: what the forms ask."""

from .callback_form import (
    CALLBACK_SCHEMA,
    errors_in_callback,
    read_callback,
    with_callback,
)
from .contact_list import ContactListSteps
from .options import OPTIONS_SCHEMA
from .server import ServerFlow

__all__ = [
    "CALLBACK_SCHEMA",
    "OPTIONS_SCHEMA",
    "ContactListSteps",
    "ServerFlow",
    "errors_in_callback",
    "read_callback",
    "with_callback",
]

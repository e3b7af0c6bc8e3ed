"""Diagnostics and samples of answers without the names of people."""

from .pseudonyms import Pseudonyms
from .samples import redacted

__all__ = [
    "Pseudonyms",
    "redacted",
]

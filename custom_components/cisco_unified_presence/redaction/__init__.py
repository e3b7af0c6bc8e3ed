"""Diagnostics and samples of answers without the names of people."""

from .pseudonyms import Pseudonyms
from .samples import MAX_SAMPLE, redacted

__all__ = [
    "MAX_SAMPLE",
    "Pseudonyms",
    "redacted",
]

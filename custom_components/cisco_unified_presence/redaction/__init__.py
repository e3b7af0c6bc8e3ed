"""Reports without names: pseudonyms, and samples of answers without their words."""

from .pseudonyms import Pseudonyms
from .samples import redacted

__all__ = [
    "Pseudonyms",
    "redacted",
]

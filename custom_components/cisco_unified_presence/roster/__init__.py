"""Who the people are: what the server calls them."""

from .names import DisplayNames, readable_name

__all__ = ["DisplayNames", "readable_name"]

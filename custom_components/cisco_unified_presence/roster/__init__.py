"""Who the people are: contact lists of the server, and what it calls people."""

from .contact_service import async_contact_list, async_presence_domain
from .names import DisplayNames, readable_name

__all__ = ["DisplayNames", "async_contact_list", "async_presence_domain", "readable_name"]

"""Who the people are: contact lists of the server, and what it calls people."""

from .contact_service import async_contact_list, async_presence_domain
from .names import readable_name
from .never_seen import async_forget_seen
from .record import SyncStore
from .roster import Roster

__all__ = [
    "Roster",
    "SyncStore",
    "async_contact_list",
    "async_forget_seen",
    "async_presence_domain",
    "readable_name",
]

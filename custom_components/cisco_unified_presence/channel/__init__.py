"""How changes of presence arrive: by eventing (notifications and fetches), or by polling."""

from .callback import Callback, NotificationHandler
from .callback_choice import choose_callback
from .callback_opening import EntryCallback
from .confirmation import WriteConfirmation
from .eventing import Eventing
from .history import ChannelHistory
from .notification_counts import Notifications
from .orphans import OrphanStore
from .poller import Poller
from .presence_reader import PresenceReader
from .subscription import WatchersSubscription
from .unknown_people import UnknownPeople, unknown_among
from .unread_documents import reader_of_entry
from .unreadable_people import UnreadablePeople

__all__ = [
    "Callback",
    "ChannelHistory",
    "EntryCallback",
    "Eventing",
    "NotificationHandler",
    "Notifications",
    "OrphanStore",
    "Poller",
    "PresenceReader",
    "UnknownPeople",
    "UnreadablePeople",
    "WatchersSubscription",
    "WriteConfirmation",
    "choose_callback",
    "reader_of_entry",
    "unknown_among",
]

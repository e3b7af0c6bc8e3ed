"""How changes of presence arrive: by eventing (notifications and fetches), or by polling."""

from .callback import Callback, CallbackUnavailable
from .callback_choice import choose_callback
from .eventing import Eventing
from .history import ChannelHistory
from .notification_counts import Notifications
from .orphans import OrphanStore
from .poller import Poller
from .presence_reader import PresenceReader
from .subscription import WatchersSubscription
from .unknown_people import UnknownPeople, names_of, unknown_among

__all__ = [
    "Callback",
    "CallbackUnavailable",
    "ChannelHistory",
    "Eventing",
    "Notifications",
    "OrphanStore",
    "Poller",
    "PresenceReader",
    "UnknownPeople",
    "WatchersSubscription",
    "choose_callback",
    "names_of",
    "unknown_among",
]

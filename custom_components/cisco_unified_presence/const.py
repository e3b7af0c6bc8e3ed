"""Constants that more than one package uses."""

from datetime import timedelta
from enum import IntFlag, StrEnum
import logging
from typing import Final

DOMAIN: Final = "cisco_unified_presence"
LOGGER: Final = logging.getLogger(__package__)

# Of the format of an entry's data.
MINOR_VERSION: Final = 2

CONF_APPLICATION_USER: Final = "application_user"
CONF_BOARD: Final = "board"
CONF_CALLBACK: Final = "callback"
CONF_CALLBACK_PORT: Final = "callback_port"
CONF_CALLBACK_URL: Final = "callback_url"
CONF_CONTACT: Final = "contact"
CONF_CONTACT_LIST: Final = "contact_list"
CONF_CONTACT_LIST_GROUP: Final = "contact_list_group"
CONF_CONTACT_LIST_LABELS: Final = "contact_list_labels"
CONF_CONTACT_LIST_REMOVES: Final = "contact_list_removes"
CONF_CONTACT_SERVICE_FINGERPRINTS: Final = "contact_service_fingerprints"
CONF_CONTROLLED: Final = "controlled"
CONF_DIALECT: Final = "dialect"
CONF_FINGERPRINT: Final = "fingerprint"
CONF_FINGERPRINTS: Final = "fingerprints"
CONF_FROM_LIST: Final = "from_contact_list"
CONF_FULL_REFRESH_INTERVAL: Final = "look_interval"
CONF_LINK_CALENDAR: Final = "link_calendar"
CONF_LINK_DESK: Final = "link_desk"
CONF_LINK_PERSON: Final = "link_person"
CONF_LINK_PLACE: Final = "link_place"
CONF_MANUAL_END: Final = "manual_end"
CONF_MANUAL_HOURS: Final = "manual_hours"
CONF_POLL_INTERVAL: Final = "poll_interval"
CONF_PRESENCE_DOMAIN: Final = "presence_domain"
CONF_RICH_PRESENCE: Final = "rich_presence"
CONF_SECURITY: Final = "security"
CONF_TOLD_NAME: Final = "told_name"
CONF_USER: Final = "user"
CONF_VOICE: Final = "voice_sentences"
CONF_WATCHER: Final = "watcher"

# What may be linked to a person, by the name under which rules use it.
LINKS: Final = {
    "person": CONF_LINK_PERSON,
    "calendar": CONF_LINK_CALENDAR,
    "desk": CONF_LINK_DESK,
    "place": CONF_LINK_PLACE,
}

SUBENTRY_GROUP: Final = "group"
SUBENTRY_PERSON: Final = "person"
SUBENTRY_RULE: Final = "rule"

DEFAULT_CALLBACK_PORT: Final = 8080
DEFAULT_FULL_REFRESH_INTERVAL: Final = timedelta(minutes=15)
DEFAULT_MANUAL_HOURS: Final = 8
DEFAULT_POLL_INTERVAL: Final = timedelta(seconds=60)


class SecurityMode(StrEnum):
    """How the connection to the server is protected."""

    HTTPS = "https"
    HTTP = "http"


class CallbackMode(StrEnum):
    """Where the server's notifications come in."""

    AUTOMATIC = "automatic"
    WEBHOOK = "webhook"
    PORT = "port"
    NONE = "none"


class ManualEndMode(StrEnum):
    """When a manual setting ends for which no end is given."""

    NEVER = "never"
    HOURS = "hours"
    END_OF_DAY = "end_of_day"


class TargetFeature(IntFlag):
    """What an entity stands for in the targets of triggers, conditions and actions.

    Their descriptions filter by it, with flags of a platform of Home Assistant that have the same
    values: Home Assistant's frontend counts the entities of a target without their integrations,
    so that a filter by integration makes it say "(0)". It is without meaning for anything else.
    """

    PRESENCE = 1
    PHONE = 2
    MEETING = 4


class ManualDuration(StrEnum):
    """How long a manual setting lasts that is made with the entities of a person."""

    DEFAULT = "default"
    QUARTER_HOUR = "15_minutes"
    HALF_HOUR = "30_minutes"
    HOUR = "1_hour"
    TWO_HOURS = "2_hours"
    FOUR_HOURS = "4_hours"
    END_OF_DAY = "end_of_day"


class Channel(StrEnum):
    """How changes of presence reach Home Assistant at the moment."""

    EVENTING = "eventing"
    POLLING = "polling"

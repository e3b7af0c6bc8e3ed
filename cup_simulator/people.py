"""People: their devices, choices and visible presence. Reference: rules 2 to 7, 20 to 22."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, count
import math

from .clock import Clock
from .composition import compose
from .contact_uri import contact_key
from .model import PWS_DEVICE, Device, Presence, Shown, Source, Status

SIGNED_IN_DEVICE = Device(PWS_DEVICE, Status(Presence.AVAILABLE), Source.SERVICE)
"""The device of a newly logged-in end user, and of one whose published status has expired."""


@dataclass(frozen=True, slots=True)
class Override:
    """A status that hides all devices. Of two, the later one shows."""

    device: Device
    order: int


@dataclass(slots=True, eq=False)
class Person:
    """A person: what their own clients report, and what was set through this service.

    `home` is the name of their node; None is the first node. `published` is None while the end
    user is not logged in. The two `…_until` are in the clock's seconds, None if nothing expires.
    The `user` of a federated person is a contact URI. `blocked` are the users who see the person as
    offline.
    """

    user: str
    name: str
    home: str | None = None
    is_federated: bool = False
    devices: dict[str, Device] = field(default_factory=dict)
    by_hand: Override | None = None
    published: Device | None = None
    published_until: float | None = None
    override: Override | None = None
    override_until: float | None = None
    blocked: frozenset[str] = frozenset()

    def all_devices(self) -> tuple[Device, ...]:
        if self.published is None:
            return tuple(self.devices.values())
        return (*self.devices.values(), self.published)

    def shown_override(self) -> Override | None:
        overrides = [each for each in (self.by_hand, self.override) if each is not None]
        return max(overrides, key=lambda each: each.order, default=None)

    def clear_override(self) -> None:
        self.override = None
        self.override_until = None

    def publish(self, device: Device | None, until: float | None = None) -> None:
        """Set the device of this service; None when the end user logs out."""
        self.published = device
        self.published_until = until

    def fall_back(self, now: float) -> None:
        """Remove what has expired."""
        if self.override_until is not None and self.override_until <= now:
            self.clear_override()
        if self.published_until is not None and self.published_until <= now:
            self.publish(SIGNED_IN_DEVICE)

    @property
    def next_expiry(self) -> float:
        """The clock's second in which something expires, infinite if nothing does."""
        times = (self.override_until, self.published_until)
        return min((each for each in times if each is not None), default=math.inf)


def as_offline(shown: Shown) -> Shown:
    """Return what a blocked watcher sees: no refusal, but a person who is offline."""
    offline = Status(Presence.UNAVAILABLE)
    return replace(shown, status=offline, by_hand=False, devices=(), override=None)


class People:
    """All people, by user name and by contact URI.

    Without `sharing` users see only themselves, and all others as offline.
    """

    def __init__(
        self,
        domain: str,
        translation: Mapping[Presence, Presence],
        clock: Clock,
        on_change: Callable[[str], None],
        *,
        sharing: bool = True,
    ) -> None:
        """`on_change` receives the contact whose visible presence changed."""
        self._domain = domain
        self._translation = translation
        self._clock = clock
        self._on_change = on_change
        self._by_user: dict[str, Person] = {}
        self._federated: dict[str, Person] = {}
        self._by_contact: dict[str, Person] = {}
        self._order = count()
        # Nothing expires before this second: each request asks, with thousands of people.
        self._next_expiry = math.inf
        self.sharing = sharing

    def __iter__(self) -> Iterator[Person]:
        """Iterate in the order of addition, federated contacts last."""
        return chain(self._by_user.values(), self._federated.values())

    def add(
        self, user: str, name: str, device: Device | None = None, home: str | None = None
    ) -> None:
        """Add a person to a node, the first one by default.

        Raises:
            ValueError: The user or the contact exists already.
        """
        contact = self.contact(user)
        if contact_key(contact) in self._by_contact:
            raise ValueError(f"There is a person {user} already.")
        self._by_user[user] = self._added(Person(user, name, home), device)

    def add_federated(self, contact: str, name: str, device: Device | None = None) -> None:
        """Add a contact of another vendor: rich presence only, no login."""
        self._federated[contact] = self._added(Person(contact, name, is_federated=True), device)

    def _added(self, person: Person, device: Device | None) -> Person:
        if device is not None:
            person.devices[device.id] = device
        contact = self.contact(person.user)
        self._by_contact[contact_key(contact)] = person
        self._on_change(contact)
        return person

    def __getitem__(self, user: str) -> Person:
        return self._by_user[user]

    def get(self, user: str) -> Person | None:
        return self._by_user.get(user)

    def find(self, name: str) -> Person | None:
        """Return a person by user name, or a federated contact by contact URI."""
        return self._by_user.get(name) or self._federated.get(name)

    def contact(self, user: str) -> str:
        """Return the contact URI of a user; a federated user is one already."""
        return user if "@" in user else f"{user}@{self._domain}"

    def shown_contact(self, contact: str) -> Shown | None:
        """Return what those see of a contact who may, None if it is unknown."""
        person = self._by_contact.get(contact_key(contact))
        return None if person is None else self.shown(person)

    def may_see(self, watcher: str, contact: str) -> bool:
        """Return whether a user sees the presence of a contact, or only that it is offline."""
        person = self._by_contact.get(contact_key(contact))
        if person is None or person.user == watcher:
            return True
        return self.sharing and watcher not in person.blocked

    def seen_contact(self, watcher: str, contact: str) -> Shown | None:
        """Return what a user sees of a contact, None if it is unknown."""
        shown = self.shown_contact(contact)
        if shown is None or self.may_see(watcher, contact):
            return shown
        return as_offline(shown)

    def shown(self, person: Person) -> Shown:
        over = person.shown_override()
        devices = person.all_devices()
        status = compose(devices) if over is None else over.device.status
        return Shown(
            user=person.user,
            name=person.name,
            contact=self.contact(person.user),
            status=self._translated(status),
            by_hand=over is not None and over is person.by_hand,
            devices=devices,
            override=None if person.override is None else person.override.device,
            is_federated=person.is_federated,
        )

    def _translated(self, status: Status) -> Status:
        """Apply the configured translation of words (rule 3)."""
        shown = self._translation.get(status.presence)
        return status if shown is None else replace(status, presence=shown)

    @contextmanager
    def changing(self, person: Person) -> Iterator[Person]:
        """Report a change of the visible presence when the context ends."""
        before = self.shown(person)
        yield person
        if self.shown(person) != before:
            self._on_change(self.contact(person.user))

    def sign_in(self, person: Person) -> None:
        """Publish AVAILABLE for an end user who logs in (rule 7)."""
        with self.changing(person):
            person.publish(SIGNED_IN_DEVICE)

    def sign_out(self, person: Person) -> None:
        """Remove everything set through this service (rule 7)."""
        with self.changing(person):
            person.clear_override()
            person.publish(None)

    def set_override(self, person: Person, device: Device, expiry: int) -> None:
        with self.changing(person):
            person.override = Override(device, next(self._order))
            person.override_until = self._expiring_in(expiry)

    def set_device(self, person: Person, device: Device, expiry: int) -> None:
        """Publish the status of this service's device for `expiry` seconds."""
        with self.changing(person):
            person.publish(device, self._expiring_in(expiry))

    def _expiring_in(self, seconds: int) -> float:
        until = self._clock.seconds() + seconds
        self._next_expiry = min(self._next_expiry, until)
        return until

    def clear(self, person: Person) -> None:
        """Drop the override and publish AVAILABLE (rule 4)."""
        with self.changing(person):
            person.clear_override()
            person.publish(SIGNED_IN_DEVICE)

    def choose_by_hand(self, person: Person, status: Status, device_id: str) -> None:
        """Choose a status in the person's own client, which is then active (rule 21)."""
        with self.changing(person):
            device = person.devices.get(device_id)
            if device is None or device.status.presence is not Presence.AVAILABLE:
                person.devices[device_id] = Device(device_id, Status(Presence.AVAILABLE))
            person.by_hand = Override(Device(device_id, status, Source.HUMAN), next(self._order))

    def report(self, person: Person, status: Status, device_id: str) -> None:
        with self.changing(person):
            person.devices[device_id] = Device(device_id, status)

    def be_automatic(self, person: Person) -> None:
        """Drop the choice made by hand."""
        with self.changing(person):
            person.by_hand = None

    def fall_back(self) -> bool:
        """Remove everything that has expired; return whether anything has."""
        now = self._clock.seconds()
        if now < self._next_expiry:
            return False
        expired = [person for person in self if person.next_expiry <= now]
        for person in expired:
            with self.changing(person):
                person.fall_back(now)
        self._next_expiry = min((person.next_expiry for person in self), default=math.inf)
        return bool(expired)

"""The people of the server: their devices, their choices, and what is seen of them.

Reference: "Rules that decide whether it works", rules 2 to 7 and 20 to 22.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, count

from .clock import Clock
from .composition import compose
from .model import PWS_DEVICE, Capabilities, Device, Presence, Shown, Source, Status

SIGNED_IN_DEVICE = Device(PWS_DEVICE, Status(Presence.AVAILABLE), Source.SERVICE)
"""What logging an end user in publishes, and what an expired device word falls back to."""


@dataclass(frozen=True, slots=True)
class Override:
    """A word over everything the devices report. Of two, the one set later shows."""

    device: Device
    order: int


@dataclass(slots=True, eq=False)
class Person:
    """One person: what their own clients say, and what was set through this service.

    `home` names their node, None being the first. `published` is there while the end user
    is logged in. The two `…_until` are in the clock's seconds, None when nothing will fall
    back. Who `is_federated` is of another vendor's server, and named by a contact URI.
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

    def all_devices(self) -> tuple[Device, ...]:
        """Return the person's own devices, then the one of this service."""
        if self.published is None:
            return tuple(self.devices.values())
        return (*self.devices.values(), self.published)

    def shown_override(self) -> Override | None:
        """Return the override that shows: the later one."""
        overrides = [each for each in (self.by_hand, self.override) if each is not None]
        return max(overrides, key=lambda each: each.order, default=None)

    def clear_override(self) -> None:
        """Drop the override that was set through this service."""
        self.override = None
        self.override_until = None

    def publish(self, device: Device | None, until: float | None = None) -> None:
        """Make this the device of this service; None when the end user logs out."""
        self.published = device
        self.published_until = until

    def fall_back(self, now: float) -> None:
        """Take back what has reached its expiry."""
        if self.override_until is not None and self.override_until <= now:
            self.clear_override()
        if self.published_until is not None and self.published_until <= now:
            self.publish(SIGNED_IN_DEVICE)

    def has_expired(self, now: float) -> bool:
        """Say whether something set for this person has reached its expiry."""
        return any(
            until is not None and until <= now
            for until in (self.override_until, self.published_until)
        )


class People:
    """Everybody the server knows, by user name and by contact URI."""

    def __init__(
        self,
        domain: str,
        translation: Mapping[Presence, Presence],
        clock: Clock,
        on_change: Callable[[str], None],
    ) -> None:
        """Start with nobody; `on_change` gets the contact whose shown presence changed."""
        self._domain = domain
        self._translation = translation
        self._clock = clock
        self._on_change = on_change
        self._by_user: dict[str, Person] = {}
        self._federated: dict[str, Person] = {}
        self._by_contact: dict[str, Person] = {}
        self._order = count()

    def __iter__(self) -> Iterator[Person]:
        """Iterate over everybody, in the order they were added, our own people first."""
        return chain(self._by_user.values(), self._federated.values())

    def add(
        self, user: str, name: str, device: Device | None = None, home: str | None = None
    ) -> None:
        """Add a person, with a device when one is given, homed on the first node by default.

        Raises:
            ValueError: there is such a person already.
        """
        contact = self.contact(user)
        if contact.casefold() in self._by_contact:
            raise ValueError(f"There is a person {user} already.")
        self._by_user[user] = self._added(Person(user, name, home), device)

    def add_federated(self, contact: str, name: str, device: Device | None = None) -> None:
        """Add a contact of another vendor, who has rich presence only and cannot log in here."""
        self._federated[contact] = self._added(Person(contact, name, is_federated=True), device)

    def _added(self, person: Person, device: Device | None) -> Person:
        if device is not None:
            person.devices[device.id] = device
        contact = self.contact(person.user)
        self._by_contact[contact.casefold()] = person
        self._on_change(contact)
        return person

    def __getitem__(self, user: str) -> Person:
        """Return the person with this user name, who is known to be there."""
        return self._by_user[user]

    def get(self, user: str) -> Person | None:
        """Return the person with this user name, None when there is none."""
        return self._by_user.get(user)

    def find(self, name: str) -> Person | None:
        """Return the person with this user name, or the federated one with this contact URI."""
        return self._by_user.get(name) or self._federated.get(name)

    def contact(self, user: str) -> str:
        """Return the contact URI of a user, which that of another vendor is already."""
        return user if "@" in user else f"{user}@{self._domain}"

    def look(self, contact: str) -> Shown | None:
        """Return what is seen of a contact now, None when there is no such person."""
        person = self._by_contact.get(contact.casefold())
        return None if person is None else self.shown(person)

    def shown(self, person: Person) -> Shown:
        """Return what watchers see of a person."""
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
        """Return a status with the word under which this server displays it (rule 3)."""
        shown = self._translation.get(status.presence)
        return status if shown is None else replace(status, presence=shown)

    @contextmanager
    def changing(self, person: Person) -> Iterator[Person]:
        """Change a person, and tell the watchers when something shown has changed."""
        before = self.shown(person)
        yield person
        if self.shown(person) != before:
            self._on_change(self.contact(person.user))

    def sign_in(self, person: Person) -> None:
        """Show the end user as logged in to this service (rule 7)."""
        with self.changing(person):
            person.publish(SIGNED_IN_DEVICE)

    def sign_out(self, person: Person) -> None:
        """Take back everything that was set through this service (rule 7)."""
        with self.changing(person):
            person.clear_override()
            person.publish(None)

    def set_override(self, person: Person, device: Device, expiry: int) -> None:
        """Put a status over everything the devices report, for `expiry` seconds."""
        with self.changing(person):
            person.override = Override(device, next(self._order))
            person.override_until = self._clock.seconds() + expiry

    def set_device(
        self, person: Person, status: Status, expiry: int, capabilities: Capabilities | None = None
    ) -> None:
        """Report a status as the device of this service, for `expiry` seconds."""
        device = Device(PWS_DEVICE, status, Source.SERVICE, capabilities)
        with self.changing(person):
            person.publish(device, self._clock.seconds() + expiry)

    def clear(self, person: Person) -> None:
        """Drop the override, and be Available as any device without news (rule 4)."""
        with self.changing(person):
            person.clear_override()
            person.publish(SIGNED_IN_DEVICE)

    def choose_by_hand(self, person: Person, status: Status, device_id: str) -> None:
        """Choose a status in the person's own client, which is there and in use (rule 21)."""
        with self.changing(person):
            device = person.devices.get(device_id)
            if device is None or device.status.presence is not Presence.AVAILABLE:
                person.devices[device_id] = Device(device_id, Status(Presence.AVAILABLE))
            person.by_hand = Override(Device(device_id, status, Source.HUMAN), next(self._order))

    def report(self, person: Person, status: Status, device_id: str) -> None:
        """Let one of the person's own devices report a status by itself."""
        with self.changing(person):
            person.devices[device_id] = Device(device_id, status)

    def be_automatic(self, person: Person) -> None:
        """Drop what the person chose by hand."""
        with self.changing(person):
            person.by_hand = None

    def fall_back(self) -> bool:
        """Take back everything that has reached its expiry; say whether there was any."""
        now = self._clock.seconds()
        expired = [person for person in self if person.has_expired(now)]
        for person in expired:
            with self.changing(person):
                person.fall_back(now)
        return bool(expired)

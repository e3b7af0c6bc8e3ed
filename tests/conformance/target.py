"""The server that the cases run against: a simulator in this process, or a real one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from yarl import URL

from cup_simulator import Configuration, Simulator
from cup_simulator.configuration import ApplicationUser, ConfiguredPerson
from cup_simulator.model import Presence, Status
from custom_components.cisco_unified_presence.pws import (
    PinnedCertificate,
    PlainHttp,
    Server,
    SystemTrust,
)

LOOPBACK: Final = "127.0.0.1"

SIMULATED: Final = Configuration(
    domain="example.com",
    application_users={
        "conformance": ApplicationUser("made-up"),
        "other": ApplicationUser("made-up"),
    },
    people=tuple(ConfiguredPerson(user, user.title()) for user in ("watcher", "anna", "ben")),
    endpoint_limit=3,
    subscription_limit=3,
    federated=(ConfiguredPerson("partner@other.example", "Partner", Status(Presence.BUSY)),),
)


class NotConfigured(Exception):
    """The environment is incomplete; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Target:
    """The server, and the users for the cases.

    The server calls ``callback_url``; the cases listen on ``callback_host``. ``federated`` is a
    contact of another vendor, ``contact_service`` the Client Configuration Web Service. Cases wait
    ``patience`` seconds for surplus notifications.
    """

    http: Server | None
    https: Server | None
    application_user: str
    password: str = field(repr=False)
    watcher: str
    person: str
    domain: str
    callback_host: str = LOOPBACK
    callback_url: URL | None = None
    federated: str | None = None
    contact_service: Server | None = None
    patience: float = 3.0

    @property
    def server(self) -> Server:
        server = self.https or self.http
        if server is None:
            raise NotConfigured("Set CUP_HTTPS_PORT or CUP_HTTP_PORT.")
        return server

    def contact(self, user: str) -> str:
        return f"{user}@{self.domain}"

    @classmethod
    def of_simulator(cls, simulator: Simulator) -> Self:
        """Return the first node by plain HTTP, which is the fastest."""
        return cls(
            http=Server(host=LOOPBACK, port=simulator.ports.http, security=PlainHttp()),
            https=None,
            application_user="conformance",
            password="made-up",
            watcher="watcher",
            person="anna",
            domain="example.com",
            federated="partner@other.example",
        )

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> Self:
        """Return the real server of the variables CUP_HOST and so on.

        Raises:
            NotConfigured: Something is missing or cannot be used.
        """
        missing = [name for name in _NEEDED if not environment.get(name)]
        if missing:
            raise NotConfigured(
                f"Set {', '.join(missing)} too; docs/conformance.md tells what for."
            )
        url = environment.get("CUP_CALLBACK_URL")
        try:
            target = cls(
                http=_server(environment, "CUP_HTTP_PORT"),
                https=_server(environment, "CUP_HTTPS_PORT"),
                application_user=environment["CUP_APPLICATION_USER"],
                password=environment["CUP_PASSWORD"],
                watcher=environment["CUP_WATCHER"],
                person=environment["CUP_PERSON"],
                domain=environment["CUP_DOMAIN"],
                callback_host="0.0.0.0",
                callback_url=URL(url) if url else None,
                federated=environment.get("CUP_FEDERATED"),
                contact_service=_server(environment, "CUP_CONTACT_PORT", "CUP_CONTACT_FINGERPRINT"),
            )
        except ValueError as error:
            raise NotConfigured(f"The environment cannot be used: {error}") from error
        if target.http is None and target.https is None:
            raise NotConfigured("Set CUP_HTTPS_PORT (usually 8083) or CUP_HTTP_PORT (8082).")
        return target


_NEEDED: Final = (
    "CUP_HOST",
    "CUP_APPLICATION_USER",
    "CUP_PASSWORD",
    "CUP_WATCHER",
    "CUP_PERSON",
    "CUP_DOMAIN",
)


def _server(
    environment: Mapping[str, str], port: str, pin: str = "CUP_FINGERPRINT"
) -> Server | None:
    if not environment.get(port):
        return None
    host, number = environment["CUP_HOST"], int(environment[port])
    if port == "CUP_HTTP_PORT":
        return Server(host=host, port=number, security=PlainHttp())
    first, *others = environment.get(pin, "").split(",")
    security = PinnedCertificate(first, tuple(others)) if first else SystemTrust()
    return Server(host=host, port=number, security=security)

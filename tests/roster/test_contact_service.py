"""Which port of a node is asked for a contact list, with which trust, and what failures come to."""

import asyncio
from collections.abc import Callable, Mapping
import logging
from typing import Any, cast

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    CannotConnect,
    CertificateChanged,
    ConfigurationUnavailable,
    ConnectFailure,
    ContactGroup,
    ContactList,
    InvalidSession,
    PinnedCertificate,
    PresenceClient,
    PresenceServiceError,
    Server,
    Session,
    SystemTrust,
    UntrustedCertificate,
)
from custom_components.cisco_unified_presence.roster import contact_service
from custom_components.cisco_unified_presence.roster.contact_service import (
    async_contact_list,
    async_display_name,
    async_presence_domain,
)
from custom_components.cisco_unified_presence.trust import with_contact_service_pin

# Before a test replaces them.
USUAL_PORTS = contact_service.PORTS
LIST = ContactList((ContactGroup("Team", ("anna@x",)),))
PIN = "ab" * 32
DATA: dict[str, Any] = with_contact_service_pin({}, "fd00::5", 8443, PIN)


def unavailable(cause: PresenceServiceError) -> ConfigurationUnavailable:
    error = ConfigurationUnavailable()
    error.__cause__ = cause
    return error


def refused(port: int = 8443) -> ConfigurationUnavailable:
    return unavailable(CannotConnect(ConnectFailure.REFUSED, f"node:{port}"))


class Services:
    """The services of all nodes: what they answer at each port, and how they were asked."""

    def __init__(self) -> None:
        self.answers: dict[int, object] = {}
        self.asked: list[tuple[str, int, object, str]] = []
        self.sessions: list[Any] = []

    def at(self, server: Server, session: Any) -> Services.Service:
        self.sessions.append(session)
        return Services.Service(self, server)

    class Service:
        """The service at one port."""

        def __init__(self, services: Services, server: Server) -> None:
            self._services = services
            self._server = server

        async def _ask(self, session: Session) -> Any:
            server = self._server
            self._services.asked.append((server.host, server.port, server.security, session.name))
            answer = self._services.answers[server.port]
            if isinstance(answer, asyncio.Event):
                await answer.wait()
            if isinstance(answer, Exception):
                raise answer
            return answer

        presence_domain = contact_list = display_name = _ask


class Client:
    """A client that has logged everybody in, each at a node of their own."""

    node = Server(host="first", port=8083, security=SystemTrust())

    def __init__(self, refusal: PresenceServiceError | None = None) -> None:
        self._refusal = refusal

    async def session_of(self, user: str | None) -> Session:
        if self._refusal is not None:
            raise self._refusal
        return Session(user or "application", "key")

    def node_of(self, user: str) -> Server:
        assert user in {"anna", "desk"}
        return Server(host="[fd00::5]", port=8083, security=SystemTrust())


CLIENT = cast("PresenceClient", Client())


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    services = Services()
    monkeypatch.setattr(contact_service, "PORTS", (8443, 443))
    monkeypatch.setattr(contact_service, "ContactService", services.at)
    return services


async def listed(hass: HomeAssistant, data: Mapping[str, Any] = DATA) -> ContactList:
    return await async_contact_list(hass, CLIENT, "desk", data)


def test_the_usual_ports() -> None:
    assert USUAL_PORTS == (8443, 443)


async def test_a_list_is_asked_for_at_the_users_own_node(
    hass: HomeAssistant, services: Services
) -> None:
    services.answers = {8443: LIST}
    assert await listed(hass) is LIST
    assert services.asked == [("[fd00::5]", 8443, PinnedCertificate(PIN), "desk")]
    assert await listed(hass, {}) is LIST
    assert services.asked[1:] == [("[fd00::5]", 8443, SystemTrust(), "desk")]
    assert all(session.closed for session in services.sessions)


async def test_a_name_is_asked_for_likewise(hass: HomeAssistant, services: Services) -> None:
    services.answers = {8443: "Anna"}
    assert await async_display_name(hass, CLIENT, "anna", DATA) == "Anna"
    assert services.asked == [("[fd00::5]", 8443, PinnedCertificate(PIN), "anna")]


async def test_the_second_port_is_asked_where_the_first_does_not_answer(
    hass: HomeAssistant, services: Services
) -> None:
    services.answers = {8443: refused(), 443: LIST}
    assert await listed(hass) is LIST
    assert services.asked == [
        ("[fd00::5]", 8443, PinnedCertificate(PIN), "desk"),
        ("[fd00::5]", 443, SystemTrust(), "desk"),
    ]


async def test_of_two_failures_the_first_is_told(hass: HomeAssistant, services: Services) -> None:
    first = refused()
    services.answers = {8443: first, 443: refused(443)}
    with pytest.raises(ConfigurationUnavailable) as error:
        await listed(hass)
    assert error.value is first
    assert len(services.asked) == 2


@pytest.mark.parametrize("cause", [InvalidSession(101), AnswerNotUnderstood("no list")])
async def test_a_refusal_is_final(
    hass: HomeAssistant, services: Services, cause: PresenceServiceError
) -> None:
    services.answers = {8443: unavailable(cause), 443: LIST}
    with pytest.raises(ConfigurationUnavailable) as error:
        await listed(hass)
    assert error.value.__cause__ is cause
    assert len(services.asked) == 1


@pytest.mark.parametrize(
    "cause", [UntrustedCertificate("self-signed", "node:8443"), CertificateChanged("a", "b")]
)
async def test_a_certificate_that_is_not_trusted_is_told_as_that(
    hass: HomeAssistant, services: Services, cause: PresenceServiceError
) -> None:
    services.answers = {8443: unavailable(cause), 443: LIST}
    with pytest.raises(type(cause)) as error:
        await listed(hass)
    assert error.value is cause
    assert len(services.asked) == 1


@pytest.mark.parametrize(
    ("patience", "within"), [(3600, 0), (0, None)], ids=["as long as said", "as a user waits"]
)
async def test_who_does_not_answer_in_time_is_named(
    hass: HomeAssistant,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    patience: float,
    within: float | None,
) -> None:
    monkeypatch.setattr(contact_service, "PATIENCE_SECONDS", patience)
    services.answers = {8443: asyncio.Event()}
    with pytest.raises(CannotConnect) as error:
        async with asyncio.timeout(10):
            await async_contact_list(hass, CLIENT, "desk", {}, within=within)
    assert (error.value.reason, error.value.address) == (
        ConnectFailure.TIMED_OUT,
        "[fd00::5]:8443",
    )


async def test_the_domain_is_asked_for_at_the_applications_node(
    hass: HomeAssistant, services: Services
) -> None:
    services.answers = {8443: "example.com"}
    assert await async_presence_domain(hass, CLIENT) == "example.com"
    assert services.asked == [("first", 8443, SystemTrust(), "application")]


@pytest.mark.parametrize(
    "failure",
    [
        refused,
        lambda: unavailable(AnswerNotUnderstood("x")),
        lambda: unavailable(UntrustedCertificate()),
    ],
)
async def test_a_form_goes_on_without_a_domain(
    hass: HomeAssistant, services: Services, failure: Callable[[], PresenceServiceError]
) -> None:
    services.answers = {8443: failure(), 443: failure()}
    assert await async_presence_domain(hass, CLIENT) is None


@pytest.mark.parametrize(
    ("client", "reason"),
    [
        (Client(), AnswerNotUnderstood("no domain")),
        (Client(InvalidSession(101)), InvalidSession(101)),
    ],
)
async def test_why_a_form_goes_on_without_a_domain_is_logged(
    hass: HomeAssistant,
    services: Services,
    caplog: pytest.LogCaptureFixture,
    client: Client,
    reason: PresenceServiceError,
) -> None:
    caplog.set_level(logging.DEBUG)
    services.answers = {8443: unavailable(AnswerNotUnderstood("no domain"))}
    assert await async_presence_domain(hass, cast("PresenceClient", client)) is None
    assert f"did not help the form: {reason}\n" in caplog.text

"""The SOAP dialect: operations and their fields. Reference: "SOAP"."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
import logging
from typing import ClassVar, Final, override

from .answers import (
    Concerning,
    logging_in_application,
    logging_in_end_user,
    raise_fault,
    refusing,
)
from .dialect import Dialect, PublishOptions, Session, SubscriptionSpec
from .errors import AnswerNotUnderstood
from .exchange import Exchange, Request
from .faults import (
    BadContact,
    EndpointRefused,
    InvalidCredentials,
    PresenceRefused,
    ServerFault,
    UnknownUser,
)
from .lxml_document import parse_description
from .model import ContactPresence
from .presence_list import ContactReader
from .soap_answers import read_id, read_presence_list, read_response, read_session, read_status
from .soap_request import Call, Language
from .soap_writer import Field, Fields, where_declared, where_required
from .traffic import counted
from .turns import in_turns
from .wsdl import ServiceDescription, SoapVersion
from .xml import PartReader, XmlElement, is_named

_LOGGER = logging.getLogger(__name__)

_PATH: Final = "/soap"

# Bytes. A real one has about 20 kB.
_LARGEST_DESCRIPTION: Final = 512 * 1024

_OK: Final = 200
_SERVICE_UNAVAILABLE: Final = 503

# The id of what is to be made.
_NEW: Final = 0

# A forced login kills the key that another copy of the application holds. Reference: rule 9.
_UNFORCED: Final = where_declared("false")


class SoapDialect(Dialect):
    """One method for each operation of the service."""

    contacts_per_poll: ClassVar[int] = 200
    can_remove_contacts: ClassVar[bool] = True

    def __init__(self, exchange: Exchange, version: SoapVersion | None = None) -> None:
        """Take what carries the requests.

        ``version`` None means 1.1, unless the server offers 1.2 alone.
        """
        self._exchange = exchange
        self.traffic = exchange.traffic
        self._version = version
        self._language: Language | None = None
        self._reading = asyncio.Lock()

    @override
    @counted
    async def log_in(self, application_user: str, password: str) -> Session:
        fields: Fields = {"username": application_user, "password": password, "force": _UNFORCED}
        about = Concerning(application_user, secrets=(password,))
        refusal = InvalidCredentials(user=application_user)
        with logging_in_application():
            response = await self._ask(Call("login", fields), about, refusal, idempotent=True)
        return read_session(response, application_user)

    @override
    @counted
    async def log_in_end_user(self, user: str, application: Session) -> Session:
        fields: Fields = {"username": user, "app-session-id": application.key, "force": _UNFORCED}
        about = Concerning(user, secrets=(application.key,))
        refusal = UnknownUser(user=user)
        with logging_in_end_user():
            response = await self._ask(Call("login", fields), about, refusal, idempotent=True)
        return read_session(response, user)

    @override
    @counted
    async def log_out(self, session: Session) -> None:
        await self._do(session, Call("logout"))

    @override
    @counted
    async def register_endpoint(self, application: Session, url: str, expiry: int) -> int:
        endpoint = where_declared(str(_NEW))
        fields: Fields = {"url": url, "endPointID": endpoint, "expiration": str(expiry)}
        response = await self._ask(
            Call("registerEndPoint", fields),
            _about(application),
            EndpointRefused(),
            key=application.key,
        )
        return read_id(response, "endPointID")

    @override
    @counted
    async def renew_endpoint(self, application: Session, endpoint: int, expiry: int) -> None:
        fields: Fields = {
            "url": where_required(""),
            "endPointID": str(endpoint),
            "expiration": str(expiry),
        }
        await self._do(application, Call("registerEndPoint", fields))

    @override
    @counted
    async def unregister_endpoint(self, application: Session, endpoint: int) -> None:
        await self._do(application, Call("unregisterEndPoint", {"endPointID": str(endpoint)}))

    @override
    @counted
    async def subscribe(self, session: Session, spec: SubscriptionSpec) -> int:
        call = Call("subscribe", _subscription_fields(_NEW, spec))
        response = await self._ask(
            call, _about(session, spec.contacts), BadContact(user=session.name), key=session.key
        )
        return read_id(response, "subscriptionID")

    @override
    @counted
    async def renew_subscription(
        self, session: Session, subscription: int, spec: SubscriptionSpec
    ) -> None:
        await self._do(
            session, Call("subscribe", _subscription_fields(subscription, spec)), spec.contacts
        )

    @override
    @counted
    async def unsubscribe(self, session: Session, subscription: int) -> None:
        fields = {"subscriptionID": str(subscription), "unsubscribeAll": "true"}
        await self._do(session, Call("unsubscribe", fields))

    @override
    @counted
    async def remove_contacts(
        self, session: Session, subscription: int, contacts: Sequence[str]
    ) -> None:
        fields: Fields = {
            "subscriptionID": str(subscription),
            "contactURI": _contacts(contacts),
            "unsubscribeAll": where_required("false"),
        }
        await self._do(session, Call("unsubscribe", fields), contacts)

    @override
    @counted
    async def fetch(
        self, session: Session, subscription: int, *, rich: bool
    ) -> list[ContactPresence]:
        fields = {"subscriptionID": str(subscription), "presenceType": _form(rich=rich)}
        parts = ContactReader(rich=rich)
        # Each fetch consumes the news that it returns.
        response = await self._ask(
            Call("getSubscribedPresence", fields),
            _about(session),
            key=session.key,
            at_most_once=True,
            parts=parts,
        )
        return [*parts.contacts, *await in_turns(read_presence_list(response, rich=rich))]

    @override
    @counted
    async def poll(
        self, session: Session, contacts: Sequence[str], *, rich: bool
    ) -> list[ContactPresence]:
        fields: Fields = {"presenceType": _form(rich=rich), "contactURI": _contacts(contacts)}
        parts = ContactReader(rich=rich)
        response = await self._ask(
            Call("getPolledPresence", fields),
            _about(session, contacts),
            BadContact(user=session.name),
            key=session.key,
            idempotent=True,
            parts=parts,
        )
        return [*parts.contacts, *await in_turns(read_presence_list(response, rich=rich))]

    @override
    @counted
    async def set_presence(self, session: Session, word: str, options: PublishOptions) -> None:
        await self._set(session, options, {"basicPresence": word}, rich=False)

    @override
    @counted
    async def set_rich_presence(
        self, session: Session, document: bytes, options: PublishOptions
    ) -> None:
        await self._set(session, options, {"richPresence": document.decode("ascii")}, rich=True)

    async def _set(
        self, session: Session, options: PublishOptions, presence: dict[str, str], *, rich: bool
    ) -> None:
        fields: Fields = {
            "presenceType": _form(rich=rich),
            "expiration": str(options.expiry),
            "presenceInfo": {"override": "true" if options.override else "false", **presence},
        }
        await self._do(session, Call("setPresence", fields))

    async def _do(self, session: Session, call: Call, contacts: Sequence[str] = ()) -> None:
        """Make a call that has no result and does no harm twice."""
        read_status(
            await self._ask(
                call,
                _about(session, contacts),
                BadContact(user=session.name),
                key=session.key,
                idempotent=True,
            )
        )

    async def _ask(
        self,
        call: Call,
        about: Concerning,
        refusal: ServerFault | None = None,
        *,
        key: str | None = None,
        idempotent: bool = False,
        at_most_once: bool = False,
        parts: PartReader | None = None,
    ) -> XmlElement | None:
        """Return what the answer holds; ``refusal`` is raised for a text that XML cannot carry."""
        language = await self._spoken()
        with refusing(refusal or PresenceRefused(user=about.user)):
            body = language.write(call, key)
        headers = language.headers(call.operation)
        request = Request(
            "POST",
            _PATH,
            headers,
            body,
            idempotent=idempotent,
            at_most_once=at_most_once,
            parts=parts,
        )
        return read_response(await self._exchange.send(request), about)

    async def _spoken(self) -> Language:
        """Return how the server wants to be spoken to, asking it the first time."""
        async with self._reading:
            if self._language is None:
                self._language = Language.of(await self._describe(), self._version)
            return self._language

    async def _describe(self) -> ServiceDescription | None:
        answer = await self._exchange.send(Request("GET", f"{_PATH}?wsdl"))
        if answer.status == _SERVICE_UNAVAILABLE:
            raise_fault(answer.status, answer.root, Concerning(""))
        root = answer.root
        is_description = root is not None and is_named(root, "definitions")
        if answer.status == _OK and is_description and len(answer.body) <= _LARGEST_DESCRIPTION:
            with suppress(AnswerNotUnderstood):
                return ServiceDescription(parse_description(answer.body, answer.charset))
        _LOGGER.debug("The server does not describe its service; defaults are used")
        return None


def _about(session: Session, contacts: Sequence[str] = ()) -> Concerning:
    return Concerning(session.name, contacts, (session.key,))


def _form(*, rich: bool) -> str:
    return "RICH_PRESENCE" if rich else "BASIC_PRESENCE"


def _contacts(contacts: Sequence[str]) -> Field:
    return Field(tuple(contacts))


def _subscription_fields(subscription: int, spec: SubscriptionSpec) -> Fields:
    number, expiry = str(subscription), str(spec.expiry)
    return {
        "subscriptionID": number if subscription else where_declared(number),
        "subscriptionType": where_declared("PRESENCE_NOTIFICATION"),
        "endPointID": str(spec.endpoint),
        "expiration": expiry if spec.expiry else where_declared(expiry),
        "contactURI": _contacts(spec.contacts),
    }

"""Finding out which dialect a node speaks. Reference: "REST" and "SOAP"."""

from enum import StrEnum
from typing import Final

from .dialect import Dialect, Session
from .errors import AnswerNotUnderstood, PresenceServiceError
from .exchange import Exchange
from .faults import ServerFault
from .rest import RestDialect
from .soap import SoapDialect
from .wsdl import SoapVersion


class DialectMode(StrEnum):
    """Which dialect to use; automatic is REST, or SOAP where there is no REST."""

    AUTOMATIC = "automatic"
    REST = "rest"
    SOAP = "soap"


_FIRST_SERVER_ERROR: Final = 500
_NOT_IMPLEMENTED: Final = 501


class DialectNegotiator:
    """The dialect of one node, fixed once the node first answers a login."""

    def __init__(
        self, exchange: Exchange, choice: DialectMode, soap_version: SoapVersion | None
    ) -> None:
        self._rest = RestDialect(exchange)
        self._soap = SoapDialect(exchange, soap_version)
        self._negotiated = None if choice is DialectMode.AUTOMATIC else choice

    @property
    def negotiated(self) -> DialectMode | None:
        """REST or SOAP, None before the first login."""
        return self._negotiated

    @property
    def dialect(self) -> Dialect:
        return self._soap if self._negotiated is DialectMode.SOAP else self._rest

    async def log_in(self, application_user: str, password: str) -> Session:
        """Log the application user in, unforced, and negotiate the dialect."""
        if self._negotiated is not None:
            return await self.dialect.log_in(application_user, password)
        try:
            session = await self._rest.log_in(application_user, password)
        except (AnswerNotUnderstood, ServerFault) as refusal:
            if not _may_lack_rest(refusal):
                raise
            return await self._log_in_over_soap(application_user, password, refusal)
        self._negotiated = DialectMode.REST
        return session

    async def _log_in_over_soap(
        self, application_user: str, password: str, refusal: PresenceServiceError
    ) -> Session:
        try:
            session = await self._soap.log_in(application_user, password)
        except PresenceServiceError as error:
            if isinstance(error, ServerFault) and error.code is not None:
                self._negotiated = DialectMode.SOAP
                raise
            # There is no SOAP either; what REST had to say is nearer to what is wrong.
            raise refusal from error
        self._negotiated = DialectMode.SOAP
        return session


def _may_lack_rest(refusal: AnswerNotUnderstood | ServerFault) -> bool:
    """Tell whether the answer may not be the service's, which gives a code with every refusal."""
    if isinstance(refusal, AnswerNotUnderstood):
        return True
    status = refusal.status
    refused = status is not None and (status < _FIRST_SERVER_ERROR or status == _NOT_IMPLEMENTED)
    return refused and refusal.code is None

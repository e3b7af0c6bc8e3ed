"""An example of every error that the client raises."""

from collections.abc import Iterator

from custom_components.cisco_unified_presence import pws
from custom_components.cisco_unified_presence.error_messages import explain
from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    AnswerNotUnderstood,
    CannotConnect,
    CannotRemoveContacts,
    CertificateChanged,
    ConfigurationUnavailable,
    ConnectFailure,
    PresenceServiceError,
    Redirected,
    RedirectRefusal,
    RedirectRefused,
    ServerFault,
    UntrustedCertificate,
)


def _subclasses[ErrorT: PresenceServiceError](kind: type[ErrorT]) -> Iterator[type[ErrorT]]:
    for subclass in kind.__subclasses__():
        if subclass.__module__.startswith(pws.__name__):
            yield subclass
        yield from _subclasses(subclass)


def _examples() -> list[PresenceServiceError]:
    """Return one error of each class, and one for each reason not to connect."""
    faults: list[type[ServerFault]] = [ServerFault, *_subclasses(ServerFault)]
    made: list[PresenceServiceError] = [
        PresenceServiceError("It broke."),
        *(CannotConnect(reason, "cup:8083") for reason in ConnectFailure),
        UntrustedCertificate("self-signed certificate", "cup:8083"),
        CertificateChanged("aa", "bb", "cup:8083"),
        AnswerNotUnderstood("it is an HTML page"),
        AnswerLost("cup:8083"),
        Redirected("node2", None, None),
        RedirectRefused("node1:8083", "node2:8083", RedirectRefusal.NOT_ALLOWED),
        CannotRemoveContacts(),
        ConfigurationUnavailable(),
        *(kind(100, "No", "", 400, user="anna", contact="anna@example.com") for kind in faults),
    ]
    missing = set(_subclasses(PresenceServiceError)) - {type(each) for each in made}
    assert not missing, f"An example is needed of {missing}"
    return made


EXAMPLES = _examples()
EXPLAINED = {explain(error).key for error in EXAMPLES}


def _of_contact_service(cause: PresenceServiceError) -> ConfigurationUnavailable:
    error = ConfigurationUnavailable()
    error.__cause__ = cause
    return error


OF_CONTACT_SERVICE = [
    _of_contact_service(each) for each in EXAMPLES if not isinstance(each, ConfigurationUnavailable)
]
EXPLAINED_OF_CONTACT_SERVICE = {explain(error).key for error in OF_CONTACT_SERVICE}

"""Every error of the client has its sentence, with exactly what the sentence names."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.exceptions import HomeAssistantError
import pytest

import custom_components.cisco_unified_presence as integration
from custom_components.cisco_unified_presence.control.writer import NotConfirmed
from custom_components.cisco_unified_presence.error_messages import explain, translated
from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    AnswerNotUnderstood,
    CannotConnect,
    CannotRemoveContacts,
    CertificateChanged,
    ConfigurationUnavailable,
    ConnectFailure,
    InvalidCredentials,
    PresenceServiceError,
    Redirected,
    RedirectRefusal,
    RedirectRefused,
    ServerFault,
    UnknownUser,
    UntrustedCertificate,
)

TEXTS: dict[str, Any] = json.loads(
    (Path(integration.__file__).parent / "translations/en.json").read_text(encoding="utf-8")
)


def subclasses[ErrorT: PresenceServiceError](kind: type[ErrorT]) -> Iterator[type[ErrorT]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def examples() -> list[PresenceServiceError]:
    """Return one error of each class, and one for each reason not to connect."""
    faults: list[type[ServerFault]] = [ServerFault, *subclasses(ServerFault)]
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
        NotConfirmed("cup:8083 did not answer in time"),
        *(kind(100, "No", "", 400, user="anna", contact="anna@example.com") for kind in faults),
    ]
    missing = set(subclasses(PresenceServiceError)) - {type(each) for each in made}
    assert not missing, f"An example is needed of {missing}"
    return made


EXAMPLES = examples()


def named_in(sentence: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", sentence))


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: f"{type(error).__name__}-{error}")
def test_error_has_its_sentence_everywhere(error: PresenceServiceError) -> None:
    explanation = explain(error)
    sentences = [
        TEXTS["config"]["error"][explanation.key],
        TEXTS["config_subentries"]["person"]["error"][explanation.key],
        TEXTS["exceptions"][explanation.key]["message"],
    ]
    assert len(set(sentences)) == 1
    assert named_in(sentences[0]) == set(explanation.placeholders)
    assert all(isinstance(value, str) for value in explanation.placeholders.values())


def test_every_sentence_is_said() -> None:
    said = {explain(error).key for error in EXAMPLES}
    of_the_person_form = {"already_added", "bad_person", "nobody", "not_loaded"}
    assert set(TEXTS["config_subentries"]["person"]["error"]) - of_the_person_form <= said


@pytest.mark.parametrize("kind", [InvalidCredentials, UnknownUser])
def test_error_that_names_nobody_still_has_its_sentence(kind: type[ServerFault]) -> None:
    assert explain(kind(111)).placeholders == {"user": ""}


def test_more_special_errors_come_first() -> None:
    assert explain(CertificateChanged("aa", "bb")).key == "certificate_changed"
    assert explain(UntrustedCertificate("expired")).key == "untrusted_certificate"
    assert explain(InvalidCredentials(111)).key == "invalid_credentials"


def test_client_errors_are_translated_at_the_border() -> None:
    error = UnknownUser(113, user="anna")
    with pytest.raises(HomeAssistantError) as raised, translated(HomeAssistantError):
        raise error
    assert raised.value.translation_domain == "cisco_unified_presence"
    assert raised.value.translation_key == "unknown_user"
    assert raised.value.translation_placeholders == {"user": "anna"}
    assert raised.value.__cause__ is error


def test_other_errors_pass_the_border() -> None:
    with pytest.raises(ZeroDivisionError), translated(HomeAssistantError):
        raise ZeroDivisionError

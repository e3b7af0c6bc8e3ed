"""Every error of the client has its sentence, with exactly what the sentence names."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.error_messages import (
    ErrorTexts,
    async_sentence,
    explain,
    sentence,
    translated,
    without_markup,
)
from custom_components.cisco_unified_presence.pws import (
    BadContact,
    CertificateChanged,
    ConfigurationUnavailable,
    InvalidCredentials,
    LoggedInElsewhere,
    PresenceServiceError,
    ServerFault,
    UnknownUser,
    UntrustedCertificate,
)

from .common.client_errors import (
    EXAMPLES,
    EXPLAINED,
    EXPLAINED_OF_CONTACT_SERVICE,
    OF_CONTACT_SERVICE,
)
from .common.texts import TEXTS, placeholders_in


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: f"{type(error).__name__}-{error}")
def test_error_has_its_sentence_everywhere(error: PresenceServiceError) -> None:
    explanation = explain(error)
    sentences = [
        TEXTS["config"]["error"][explanation.key],
        TEXTS["config_subentries"]["person"]["error"][explanation.key],
        TEXTS["exceptions"][explanation.key]["message"],
    ]
    assert len(set(sentences)) == 1
    assert placeholders_in(sentences[0]) == set(explanation.placeholders)
    assert all(isinstance(value, str) for value in explanation.placeholders.values())


def test_what_is_said_of_each_error(snapshot: SnapshotAssertion) -> None:
    """In the log, and as a key with what the translated sentence names."""
    said = {
        f"{type(error).__name__} {getattr(error, 'reason', '')}".strip(): {
            "log": str(error),
            explanation.key: explanation.placeholders,
        }
        for error, explanation in zip(EXAMPLES, map(explain, EXAMPLES), strict=True)
    }
    assert len(said) == len(EXAMPLES)
    assert said == snapshot


def test_what_is_said_otherwise_of_the_contact_service() -> None:
    said = {
        explain(cause).key: explain(error).key
        for error in OF_CONTACT_SERVICE
        if isinstance(cause := error.__cause__, PresenceServiceError)
    }
    assert {key: other for key, other in said.items() if key != other} == {
        "answer_not_understood": "contact_service_not_understood",
        "cannot_connect_not_tls": "contact_service_not_tls",
        "cannot_connect_refused": "contact_service_refused",
    }


def test_every_sentence_is_said() -> None:
    of_the_person_form = {"already_added", "bad_person", "nobody", "not_loaded"}
    said = EXPLAINED | EXPLAINED_OF_CONTACT_SERVICE
    assert set(TEXTS["config_subentries"]["person"]["error"]) - of_the_person_form <= said


@pytest.mark.parametrize("error", OF_CONTACT_SERVICE, ids=lambda error: repr(error.__cause__))
def test_errors_of_the_contact_service_name_no_other_service(
    error: ConfigurationUnavailable,
) -> None:
    explanation = explain(error)
    sentences = [
        TEXTS["config_subentries"]["person"]["error"][explanation.key],
        TEXTS["exceptions"][explanation.key]["message"],
    ]
    assert len(set(sentences)) == 1
    assert placeholders_in(sentences[0]) == set(explanation.placeholders)
    assert "8083" not in sentences[0]
    assert "that the Presence Web Service" not in sentences[0]


@pytest.mark.parametrize(
    ("kind", "placeholder"),
    [
        (InvalidCredentials, "user"),
        (LoggedInElsewhere, "user"),
        (UnknownUser, "user"),
        (BadContact, "contact"),
    ],
)
def test_error_that_names_nobody_still_has_its_sentence(
    kind: type[ServerFault], placeholder: str
) -> None:
    assert explain(kind(111)).placeholders == {placeholder: ""}


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


# Texts

UNKNOWN_ANNA = UnknownUser(113, user="anna")


def error_of(domain: str, key: str, **placeholders: str) -> HomeAssistantError:
    return HomeAssistantError(
        "It broke.",
        translation_domain=domain,
        translation_key=key,
        translation_placeholders=placeholders,
    )


async def test_errors_have_texts_in_each_language(hass: HomeAssistant) -> None:
    english, german = [await ErrorTexts.async_load(hass, each) for each in ("en", "de")]
    assert (english.language, german.language) == ("en", "de")
    assert english.sentence(UNKNOWN_ANNA).startswith("The server has no user named anna.")
    assert german.sentence(UNKNOWN_ANNA).startswith("Der Server hat keinen Benutzer")
    ours = error_of(DOMAIN, "unknown_user", user="ben")
    assert english.sentence(ours).startswith("The server has no user named ben.")


async def test_log_has_the_english_text(hass: HomeAssistant) -> None:
    english = await ErrorTexts.async_load(hass, "en")
    hass.config.components.add(DOMAIN)
    hass.config.language = "de"
    assert f"{sentence(UNKNOWN_ANNA)}." == english.sentence(UNKNOWN_ANNA)


async def test_text_in_another_text_has_no_full_stop(hass: HomeAssistant) -> None:
    english = await ErrorTexts.async_load(hass, "en")
    assert f"{async_sentence(hass, UNKNOWN_ANNA)}." == english.sentence(UNKNOWN_ANNA)
    await ErrorTexts.async_load(hass, "de")
    hass.config.language = "de"
    assert async_sentence(hass, UNKNOWN_ANNA).startswith("Der Server hat keinen Benutzer")


@pytest.mark.parametrize(
    "error",
    [
        HomeAssistantError("It broke."),
        error_of("light", "no_such_text"),
        # A text of ours with the same key names something else.
        error_of("light", "unknown_user", name="Lamp"),
    ],
)
async def test_errors_of_other_integrations_speak_for_themselves(
    hass: HomeAssistant, error: HomeAssistantError
) -> None:
    english = await ErrorTexts.async_load(hass, "en")
    assert english.sentence(error) == str(error)
    assert async_sentence(hass, error) == str(error)


def test_text_that_is_not_well_formed_is_none() -> None:
    texts = ErrorTexts("en", {f"component.{DOMAIN}.exceptions.broken.message": "A {brace"})
    assert texts.of("broken", None) is None
    assert texts.of(None, None) is None


def test_words_of_the_server_are_no_markup() -> None:
    assert without_markup("![x](http://a.b/c) <b> & more, no 5!") == (
        r"\!\[x\](http\://a\.b/c) \<b\> \& more, no 5\!"
    )
    assert without_markup("`*_~|#@\\") == "".join(rf"\{each}" for each in "`*_~|#@\\")

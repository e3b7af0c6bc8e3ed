"""Which callback is chosen: the webhook, a port of its own, or none."""

from homeassistant.components import webhook
from homeassistant.components.http import ApiConfig
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError
import pytest

from custom_components.cisco_unified_presence.channel import callback_choice
from custom_components.cisco_unified_presence.channel.callback import (
    CallbackUnavailable,
    ListenerCallback,
    WebhookCallback,
)
from custom_components.cisco_unified_presence.channel.callback_choice import choose_callback
from custom_components.cisco_unified_presence.const import CallbackMode
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.callback_settings import settings
from tests.common.entry import SECRET


@pytest.mark.parametrize("mode", [CallbackMode.AUTOMATIC, CallbackMode.WEBHOOK])
def test_plain_internal_url_gets_the_webhook(hass: HomeAssistant, mode: CallbackMode) -> None:
    hass.config.internal_url = "http://192.0.2.7:8123"
    place = choose_callback(hass, settings(mode))
    assert isinstance(place, WebhookCallback)
    assert place.url == f"http://192.0.2.7:8123/api/webhook/{SECRET}"
    assert place.needs_running_home_assistant


def test_internal_url_with_tls_gets_a_port_of_its_own(hass: HomeAssistant) -> None:
    hass.config.internal_url = "https://home.example"
    place = choose_callback(hass, settings(port=8088))
    assert isinstance(place, ListenerCallback)
    assert place.url == f"http://home.example:8088/{SECRET}"
    assert not place.needs_running_home_assistant


def test_internal_url_with_tls_rules_out_the_webhook(hass: HomeAssistant) -> None:
    hass.config.internal_url = "https://home.example:8443"
    with pytest.raises(CallbackUnavailable) as raised:
        choose_callback(hass, settings(CallbackMode.WEBHOOK))
    assert raised.value.issue is Issue.CALLBACK_NEEDS_HTTP
    assert raised.value.placeholders == {"url": "https://home.example:8443"}


@pytest.mark.parametrize("mode", [CallbackMode.AUTOMATIC, CallbackMode.WEBHOOK])
def test_typed_address_comes_first(hass: HomeAssistant, mode: CallbackMode) -> None:
    hass.config.internal_url = "https://home.example"
    place = choose_callback(hass, settings(mode, "http://gateway.example:80/inner"))
    assert isinstance(place, WebhookCallback)
    assert place.url == f"http://gateway.example/inner/api/webhook/{SECRET}"


@pytest.mark.parametrize("typed", ["http://gateway.example", "http://gateway.example/"])
def test_typed_address_of_a_port_of_its_own(hass: HomeAssistant, typed: str) -> None:
    place = choose_callback(hass, settings(CallbackMode.PORT, typed, 8088))
    assert isinstance(place, ListenerCallback)
    assert place.url == f"http://gateway.example/{SECRET}"


def test_port_of_its_own_is_reached_at_home_assistants_host(hass: HomeAssistant) -> None:
    hass.config.internal_url = "http://192.0.2.7:8123"
    place = choose_callback(hass, settings(CallbackMode.PORT, port=8088))
    assert place.url == f"http://192.0.2.7:8088/{SECRET}"


@pytest.fixture
def without_url(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant know no address of its own."""

    def no_url(*_: object, **__: object) -> str:
        raise NoURLAvailableError

    monkeypatch.setattr(callback_choice, "get_url", no_url)
    monkeypatch.setattr(webhook, "get_url", no_url)


def test_without_an_address_there_is_no_webhook(hass: HomeAssistant, without_url: None) -> None:
    with pytest.raises(CallbackUnavailable) as raised:
        choose_callback(hass, settings(CallbackMode.WEBHOOK))
    assert raised.value.issue is Issue.CALLBACK_NO_URL


@pytest.mark.parametrize("mode", [CallbackMode.AUTOMATIC, CallbackMode.PORT])
def test_without_an_address_home_assistants_own_guess_is_used(
    hass: HomeAssistant, without_url: None, mode: CallbackMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Api:
        local_ip = "192.0.2.9"

    monkeypatch.setattr(hass.config, "api", Api())
    assert choose_callback(hass, settings(mode)).url == f"http://192.0.2.9:8080/{SECRET}"


@pytest.mark.parametrize("mode", [CallbackMode.AUTOMATIC, CallbackMode.PORT])
def test_without_even_a_guess_there_is_no_callback(
    hass: HomeAssistant, without_url: None, mode: CallbackMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hass.config, "api", None)
    with pytest.raises(CallbackUnavailable) as raised:
        choose_callback(hass, settings(mode))
    assert raised.value.issue is Issue.CALLBACK_NO_URL


def test_ipv6_address_is_bracketed(hass: HomeAssistant) -> None:
    hass.config.internal_url = "http://[2001:db8::7]:8123"
    place = choose_callback(hass, settings(CallbackMode.PORT))
    assert place.url == f"http://[2001:db8::7]:8080/{SECRET}"


@pytest.fixture
def only_external_url(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant serve TLS, and have a plain external address."""
    monkeypatch.setattr(hass.config, "api", ApiConfig("192.0.2.9", "192.0.2.9", 8123, use_ssl=True))
    hass.config.external_url = "http://home.example:8123"


@pytest.mark.parametrize("mode", [CallbackMode.AUTOMATIC, CallbackMode.PORT])
def test_the_server_is_not_told_the_external_address(
    hass: HomeAssistant, only_external_url: None, mode: CallbackMode
) -> None:
    assert choose_callback(hass, settings(mode)).url == f"http://192.0.2.9:8080/{SECRET}"


def test_an_external_address_alone_gets_no_webhook(
    hass: HomeAssistant, only_external_url: None
) -> None:
    with pytest.raises(CallbackUnavailable) as raised:
        choose_callback(hass, settings(CallbackMode.WEBHOOK))
    assert raised.value.issue is Issue.CALLBACK_NO_URL


@pytest.mark.parametrize("mode", [CallbackMode.AUTOMATIC, CallbackMode.PORT])
def test_an_address_without_a_name_is_told_though_home_assistant_serves_tls(
    hass: HomeAssistant, mode: CallbackMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hass.config, "api", ApiConfig("192.0.2.9", "192.0.2.9", 8123, use_ssl=True))
    hass.config.internal_url = "https://192.0.2.5:8123"
    assert choose_callback(hass, settings(mode)).url == f"http://192.0.2.5:8080/{SECRET}"


def test_an_address_without_a_name_is_told_for_the_webhook(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hass.config, "api", ApiConfig("192.0.2.9", "192.0.2.9", 8123, use_ssl=True))
    hass.config.internal_url = "http://192.0.2.5:8123"
    place = choose_callback(hass, settings(CallbackMode.WEBHOOK))
    assert place.url == f"http://192.0.2.5:8123/api/webhook/{SECRET}"

"""Which callback an entry uses, by the user's settings and Home Assistant's address."""

from homeassistant.components import webhook
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from yarl import URL

from ..const import CallbackMode
from ..issues import Issue
from ..settings import CallbackSettings
from .callback import Callback, CallbackUnavailable, ListenerCallback, WebhookCallback


def choose_callback(hass: HomeAssistant, settings: CallbackSettings) -> Callback:
    """Return what is to receive notifications.

    In automatic mode that is Home Assistant's webhook when its address is plain http, since the
    server calls no https address, and otherwise a port of our own.

    Raises:
        CallbackUnavailable: There is no address that could be given to the server.
    """
    if settings.mode is CallbackMode.PORT:
        return ListenerCallback(_listener_url(hass, settings), settings)
    if settings.url:
        path = webhook.async_generate_path(settings.secret).removeprefix("/")
        return WebhookCallback(hass, settings, str(URL(settings.url) / path))
    try:
        url = webhook.async_generate_url(hass, settings.secret, allow_external=False, allow_ip=True)
    except NoURLAvailableError as error:
        if settings.mode is CallbackMode.AUTOMATIC:
            return ListenerCallback(_listener_url(hass, settings), settings)
        raise CallbackUnavailable(Issue.CALLBACK_NO_URL) from error
    if URL(url).scheme == "http":
        return WebhookCallback(hass, settings, url)
    if settings.mode is CallbackMode.AUTOMATIC:
        return ListenerCallback(_listener_url(hass, settings), settings)
    raise CallbackUnavailable(Issue.CALLBACK_NEEDS_HTTP, url=str(URL(url).origin()))


def _listener_url(hass: HomeAssistant, settings: CallbackSettings) -> str:
    if settings.url:
        return str(URL(settings.url) / settings.secret)
    return str(URL.build(scheme="http", host=_own_host(hass), port=settings.port) / settings.secret)


def _own_host(hass: HomeAssistant) -> str:
    try:
        url = get_url(hass, allow_external=False, allow_ip=True)
    except NoURLAvailableError as error:
        # Home Assistant serves TLS and its address is not configured: its own guess is left.
        if hass.config.api is None:
            raise CallbackUnavailable(Issue.CALLBACK_NO_URL) from error
        return hass.config.api.local_ip
    return URL(url).host or ""

"""Where the server's notifications come in: Home Assistant's webhook, or a port of our own.

A notification is a plain GET that anyone on the network can send. It is taken as a hint to fetch
and never as data, and it reaches nobody unless its path holds the secret of the entry.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
import os
from typing import Protocol, override

from aiohttp import hdrs, web
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from yarl import URL

from ..const import DOMAIN, CallbackMode
from ..issues import Issue
from ..settings import CallbackSettings
from .callback_port import async_listen

# Takes the subscription's id, or None where somebody called who notifies of nothing. Returns what
# the answer has to wait for, a little, or None.
type NotificationHandler = Callable[[int | None], Awaitable[None] | None]

# A node near by has sent its news by then, and the answer was not in the way of the state. One that
# takes longer is not kept waiting: it may want its answer first.
ANSWER_WITHIN_SECONDS = 0.05

# What a subscription id may look like; longer runs of digits are somebody's joke.
MAX_ID_DIGITS = 18


class CallbackUnavailable(Exception):
    """There is no address at which the server could call back.

    Attributes:
        issue: The issue that says why.
        placeholders: What its text names.
    """

    def __init__(self, issue: Issue, **placeholders: str) -> None:
        """Say why."""
        super().__init__(issue)
        self.issue = issue
        self.placeholders = placeholders


class Callback(Protocol):
    """A place where notifications come in."""

    @property
    def url(self) -> str:
        """Return the address that the server is to call."""

    @property
    def needs_running_home_assistant(self) -> bool:
        """Return whether calls only arrive once Home Assistant has started."""

    async def async_open(self, handler: NotificationHandler) -> None:
        """Call the handler for each request that comes in.

        Raises:
            CallbackUnavailable: The place cannot be opened.
        """

    async def async_close(self) -> None:
        """Stop listening."""


def choose_callback(hass: HomeAssistant, settings: CallbackSettings) -> Callback:
    """Return the place to use.

    In automatic mode that is Home Assistant's webhook when its address is plain http, since the
    server calls nothing else, and otherwise a port of our own.

    Raises:
        CallbackUnavailable: There is no address that could be given to the server.
    """
    if settings.mode is CallbackMode.PORT:
        return ListenerCallback(_listener_url(hass, settings), settings)
    if settings.url:
        path = webhook.async_generate_path(settings.secret).removeprefix("/")
        return WebhookCallback(hass, settings, str(URL(settings.url) / path))
    try:
        url = webhook.async_generate_url(
            hass, settings.secret, allow_external=False, allow_ip=True, prefer_external=False
        )
    except NoURLAvailableError as error:
        if settings.mode is CallbackMode.AUTOMATIC:
            return ListenerCallback(_listener_url(hass, settings), settings)
        raise CallbackUnavailable(Issue.CALLBACK_NO_URL) from error
    if URL(url).scheme == "http":
        return WebhookCallback(hass, settings, url)
    if settings.mode is CallbackMode.AUTOMATIC:
        return ListenerCallback(_listener_url(hass, settings), settings)
    raise CallbackUnavailable(Issue.CALLBACK_NEEDS_HTTP, url=str(URL(url).origin()))


def subscription_in(query: str | None) -> int | None:
    """Return the subscription's id that a notification names, None when it names none."""
    if query is None or not query.isascii() or not query.isdigit() or len(query) > MAX_ID_DIGITS:
        return None
    return int(query)


async def _answer(request: web.BaseRequest, handler: NotificationHandler) -> web.Response:
    if request.method != hdrs.METH_GET:
        handler(None)
        return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED)
    news = handler(subscription_in(request.query.get("id")))
    if news is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                await news
    return web.Response()


class WebhookCallback(Callback):
    """Home Assistant's own web server."""

    def __init__(self, hass: HomeAssistant, settings: CallbackSettings, url: str) -> None:
        """Take the address; nothing listens yet."""
        self._hass = hass
        self._id = settings.secret
        self._url = url

    @property
    @override
    def url(self) -> str:
        return self._url

    @property
    @override
    def needs_running_home_assistant(self) -> bool:
        return True

    @override
    async def async_open(self, handler: NotificationHandler) -> None:
        async def handle(
            _hass: HomeAssistant, _webhook_id: str, request: web.Request
        ) -> web.Response:
            return await _answer(request, handler)

        webhook.async_register(
            self._hass,
            DOMAIN,
            "Cisco Unified Presence",
            self._id,
            handle,
            # A node may have a public address; the secret in the path is what protects.
            local_only=False,
            # The webhook component warns about each call by another method; a flood would fill
            # the log, so these come here and are turned away quietly.
            allowed_methods=[hdrs.METH_GET, hdrs.METH_POST, hdrs.METH_PUT],
        )

    @override
    async def async_close(self) -> None:
        webhook.async_unregister(self._hass, self._id)


class ListenerCallback(Callback):
    """A port of our own, for servers that refuse to call Home Assistant's."""

    def __init__(self, url: str, settings: CallbackSettings) -> None:
        """Take the address; nothing listens yet."""
        self._url = url
        self._settings = settings
        self._runner: web.BaseRunner | None = None

    @property
    @override
    def url(self) -> str:
        return self._url

    @property
    @override
    def needs_running_home_assistant(self) -> bool:
        return False

    @override
    async def async_open(self, handler: NotificationHandler) -> None:
        async def handle(request: web.BaseRequest) -> web.Response:
            return await _answer(request, handler)

        try:
            self._runner = await async_listen(
                self._settings.port, f"/{self._settings.secret}", handle
            )
        except OSError as error:
            raise CallbackUnavailable(
                Issue.CALLBACK_PORT_CLOSED,
                port=str(self._settings.port),
                reason=os.strerror(error.errno) if error.errno else str(error),
            ) from error

    @override
    async def async_close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


def _listener_url(hass: HomeAssistant, settings: CallbackSettings) -> str:
    if settings.url:
        return str(URL(settings.url) / settings.secret)
    return str(URL.build(scheme="http", host=_own_host(hass), port=settings.port) / settings.secret)


def _own_host(hass: HomeAssistant) -> str:
    try:
        url = get_url(hass, allow_external=False, allow_cloud=False, allow_ip=True)
    except NoURLAvailableError as error:
        # Home Assistant speaks TLS under an address that it was not told: its own guess is left.
        if hass.config.api is None:
            raise CallbackUnavailable(Issue.CALLBACK_NO_URL) from error
        return hass.config.api.local_ip
    return URL(url).host or ""

"""Where the server's notifications come in: Home Assistant's webhook, or a port of our own.

A notification is a plain GET that anyone on the network can send. It is a hint to fetch and never
data, and it is dropped unless its path holds the secret of the entry.
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
from yarl import URL

from ..const import DOMAIN
from ..issues import Issue
from ..settings import CallbackSettings
from .callback_log import redact_in_web_log
from .callback_port import Listener, async_listen

# Takes the subscription's id, or None for a request that is no notification. Returns what the
# answer waits for, up to ANSWER_WITHIN_SECONDS, or None.
type NotificationHandler = Callable[[int | None], Awaitable[None] | None]

# A nearby node has answered the fetch by then, so this answer does not delay the state. A
# slower one may need its answer before it answers the fetch.
ANSWER_WITHIN_SECONDS = 0.05

# Longer runs of digits are no id of a subscription.
MAX_ID_DIGITS = 18


class CallbackUnavailable(Exception):
    """There is no address at which the server could call back.

    Attributes:
        issue: The issue that says why.
        placeholders: What its text names.
    """

    def __init__(self, issue: Issue, **placeholders: str) -> None:
        super().__init__(issue)
        self.issue = issue
        self.placeholders = placeholders


class Callback(Protocol):
    """Receives notifications."""

    @property
    def url(self) -> str:
        """The address that the server is to call."""

    @property
    def needs_running_home_assistant(self) -> bool:
        """Whether calls only arrive once Home Assistant has started."""

    async def async_open(self, handler: NotificationHandler) -> None:
        """Call the handler for each request that comes in.

        Raises:
            CallbackUnavailable: The port cannot be opened.
        """

    async def async_close(self) -> None: ...


def subscription_in(query: str | None) -> int | None:
    if query is None or not query.isascii() or not query.isdigit() or len(query) > MAX_ID_DIGITS:
        return None
    return int(query)


async def _answer(request: web.BaseRequest, handler: NotificationHandler) -> web.Response:
    if request.method != hdrs.METH_GET:
        handler(None)
        return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED)
    fetched = handler(subscription_in(request.query.get("id")))
    if fetched is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                await fetched
    return web.Response()


class WebhookCallback(Callback):
    """Receives notifications at a webhook of Home Assistant's web server."""

    def __init__(self, hass: HomeAssistant, settings: CallbackSettings, url: str) -> None:
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

        redact_in_web_log(self._id)
        webhook.async_register(
            self._hass,
            DOMAIN,
            "Cisco Unified Presence",
            self._id,
            handle,
            # A node may have a public address; the secret in the path protects the webhook.
            local_only=False,
            # The webhook component logs a warning for each call by a method that is not allowed;
            # a flood would fill the log, so these are refused here.
            allowed_methods=[hdrs.METH_GET, hdrs.METH_POST, hdrs.METH_PUT],
        )

    @override
    async def async_close(self) -> None:
        webhook.async_unregister(self._hass, self._id)


class ListenerCallback(Callback):
    """Receives notifications at a port of its own, for servers that call no https address."""

    def __init__(self, url: str, settings: CallbackSettings) -> None:
        self._url = url
        self._settings = settings
        self._listener: Listener | None = None

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
            self._listener = await async_listen(self._settings.port, self._paths, handle)
        except OSError as error:
            raise CallbackUnavailable(
                Issue.CALLBACK_PORT_CLOSED,
                port=str(self._settings.port),
                reason=os.strerror(error.errno) if error.errno else str(error),
            ) from error

    @property
    def _paths(self) -> frozenset[str]:
        # Behind a path, a proxy may pass the path on or cut it off.
        return frozenset({URL(self._url).path, f"/{self._settings.secret}"})

    @override
    async def async_close(self) -> None:
        if self._listener is not None:
            await self._listener.async_close()
            self._listener = None

"""The least code that does the job, and the way of the vendor's samples."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import ssl
from typing import Self, override

from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web
from homeassistant.core import HomeAssistant
from lxml import etree

from .arrivals import bare_entity
from .population import PASSWORD, contact_of, watcher_of
from .serving import Node

HOURS = 4 * 3600
KEY = "Presence-Session-Key"
XML = {"Content-Type": "text/xml", "Presence-Expiry": "86400"}


class BareChannel:
    """A handler in Home Assistant's web server, a persistent connection, and states.

    Notifications are ignored while ``deaf``.
    """

    def __init__(self, hass: HomeAssistant, node: Node, scheme: str, account: str) -> None:
        self._hass = hass
        self._node = node
        self._account = account
        self._watcher = watcher_of(account)
        self._scheme = scheme
        self._base = f"{scheme}://127.0.0.1:{node.at.ports[scheme]}/presence-service"
        self._tls = _trust(node) if scheme == "https" else False
        self.session = self._new_session()
        self._fetch_url = ""
        self._key = ""
        self.deaf = False

    def _new_session(self) -> ClientSession:
        connector = TCPConnector(ssl=self._tls, keepalive_timeout=HOURS)
        return ClientSession(connector=connector, cookie_jar=DummyCookieJar())

    async def open(self, path: str) -> Self:
        """Subscribe to all users of the account, with a callback at this path of Home Assistant."""
        self._hass.http.app.router.add_get(path, self.handle)
        application = await self.log_in_application(self.session)
        self._key = await self.log_in_watcher(self.session, application)
        url = f"{self._hass.config.internal_url}{path}"
        body = f"<endpoint><url>{url}</url></endpoint>"
        endpoint = await self._made(self.session, "/endpoints", body, application)
        contacts = "".join(
            f'<contact contactURI="{contact_of(user)}"/>'
            for user in self._node.population.watched_by(self._account)
        )
        number = await self._made(
            self.session,
            f"/users/{self._watcher}/subscriptions",
            f"<subscription><contactsList>{contacts}</contactsList>"
            f"<subscriptionType>PRESENCE_NOTIFICATION</subscriptionType>"
            f"<endPointID>{endpoint}</endPointID></subscription>",
            self._key,
        )
        self._fetch_url = (
            f"{self._base}/users/{self._watcher}/presence/basic/subscriptions/{number}"
        )
        await self.fetch(self.session, self._key)
        return self

    async def handle(self, _request: web.Request) -> web.Response:
        """Fetch before answering the notification."""
        if self._fetch_url and not self.deaf:
            await self.poll()
        return web.Response()

    async def poll(self) -> None:
        await self.fetch(self.session, self._key)

    async def fetch(self, session: ClientSession, key: str) -> None:
        """Fetch and set states."""
        async with session.get(self._fetch_url, headers={KEY: key}) as response:
            body = await response.read()
        for contact in etree.fromstring(body):
            user = contact.get("contactURI", "").partition("@")[0]
            word = contact.get("presenceStatus", "").lower()
            self._hass.states.async_set(bare_entity(user), word)

    async def log_in_application(self, session: ClientSession) -> str:
        """Return a session key."""
        body = f"<session><password>{PASSWORD}</password></session>"
        return await self._log_in(session, self._account, body, {})

    async def log_in_watcher(self, session: ClientSession, application: str) -> str:
        """Return a session key."""
        return await self._log_in(session, self._watcher, "", {KEY: application})

    async def _log_in(
        self, session: ClientSession, user: str, body: str, headers: dict[str, str]
    ) -> str:
        async with session.post(
            f"{self._base}/users/{user}/sessions", data=body, headers=XML | headers
        ) as response:
            response.raise_for_status()
            return str(etree.fromstring(await response.read()).findtext("sessionKey"))

    async def _made(self, session: ClientSession, path: str, body: str, key: str) -> int:
        async with session.post(self._base + path, data=body, headers=XML | {KEY: key}) as response:
            response.raise_for_status()
            return int(response.headers["Location"].rpartition("/")[2])


class SamplesChannel(BareChannel):
    """The way of the samples: new connections and logins for each event."""

    @override
    async def handle(self, _request: web.Request) -> web.Response:
        if self._fetch_url:
            async with self._new_session() as session:
                application = await self.log_in_application(session)
            async with self._new_session() as session:
                key = await self.log_in_watcher(session, application)
            async with self._new_session() as session:
                await self.fetch(session, key)
        return web.Response()


def _trust(node: Node) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(node.at.folder / "cup.pem"))


@asynccontextmanager
async def bare_channel(
    kind: type[BareChannel], hass: HomeAssistant, node: Node, scheme: str, account: str
) -> AsyncGenerator[BareChannel]:
    """Open a channel that does not use the integration."""
    channel = kind(hass, node, scheme, account)
    try:
        yield await channel.open(f"/bench/{account}")
    finally:
        await channel.session.close()

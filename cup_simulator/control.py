"""The control interface: JSON requests, and a page that plays people's Jabber clients.

It has no password: it is meant for this machine, and refuses requests of foreign web sites.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from importlib.resources import files
import ipaddress
import json
import socket

from aiohttp import web
from yarl import URL

from . import control_view
from .changes import Changes
from .clock import Clock
from .control_request import (
    read_advance,
    read_choice,
    read_contact_list,
    read_fault,
    read_node_change,
    read_person,
    read_sharing,
    read_watchers,
)
from .deployment import Deployment
from .faults import FaultKind, Faults
from .json_fields import ControlError
from .listening import ListenError
from .people import Person
from .request_log import RequestLog
from .service import PresenceService

HEARTBEAT_SECONDS = 15
SETTLE_SECONDS = 0.05
"""Changes within this time are sent to the page as one."""

_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
        " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

_IMMEDIATE: Mapping[FaultKind, Callable[[PresenceService], None]] = {
    FaultKind.LOSE_SESSIONS: lambda service: service.lose_sessions(),
    FaultKind.LOSE_SUBSCRIPTIONS: lambda service: service.subscriptions.clear(),
    FaultKind.LOSE_ENDPOINTS: lambda service: service.endpoints.clear(),
}

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """The HTTP application of the control port."""

    def __init__(
        self,
        deployment: Deployment,
        *,
        faults: Faults,
        log: RequestLog,
        clock: Clock,
        changes: Changes,
        apply_faults: Callable[[], Awaitable[None]],
        host: str,
    ) -> None:
        """`host` is the name under which the port listens."""
        self._deployment = deployment
        self._faults = faults
        self._log = log
        self._clock = clock
        self._changes = changes
        self._apply_faults = apply_faults
        self._names = {"localhost", host.casefold(), socket.gethostname().casefold()}

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard])
        presence = "/control/people/{user}/presence"
        application.add_routes(
            [
                web.get("/", self._page),
                web.get("/control/state", self._state),
                web.get("/control/events", self._events),
                web.post("/control/people", self._add_person),
                web.put(presence, self._choose),
                web.delete(presence, self._be_automatic),
                web.put("/control/people/{user}/blocks", self._block),
                web.put("/control/people/{user}/contacts", self._set_contacts),
                web.put("/control/sharing", self._share),
                web.get("/control/nodes", self._list_nodes),
                web.post("/control/nodes/{name}", self._change_node),
                web.get("/control/faults", self._list_faults),
                web.post("/control/faults", self._add_fault),
                web.delete("/control/faults", self._clear_faults),
                web.get("/control/requests", self._requests),
                web.delete("/control/requests", self._clear_requests),
                web.get("/control/clock", self._time),
                web.post("/control/clock", self._advance),
                web.post("/control/reset", self._reset),
            ]
        )
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse foreign origins, render errors as JSON, and announce changes."""
        asked = request.headers.get("Host", "")
        if not self._is_ours(asked):
            return _problem(
                HTTPStatus.FORBIDDEN,
                "The control interface answers under localhost, this machine's name, its addresses"
                f" and the name of --control-host, but was asked as {asked!r}.",
            )
        if request.headers.get("Origin") not in (None, f"http://{asked}"):
            return _problem(
                HTTPStatus.FORBIDDEN, "The control interface answers no foreign web site."
            )
        try:
            response = await handler(request)
        except ControlError as error:
            return _problem(HTTPStatus.BAD_REQUEST, str(error))
        except web.HTTPException as error:
            return _problem(error.status, f"{error.reason}: {request.method} {request.path}.")
        if request.method != "GET":
            self._changes.announce()
        return response

    def _is_ours(self, asked: str) -> bool:
        """Return False for a DNS name that a web site may have pointed at this address."""
        try:
            host = URL.build(scheme="http", authority=asked).host or ""
        except ValueError:
            return False
        return host.casefold() in self._names or _is_address(host)

    # State

    async def _page(self, _: web.Request) -> web.Response:
        page = files(__package__).joinpath("index.html").read_text(encoding="utf-8")
        return web.Response(text=page, content_type="text/html", headers=_PAGE_HEADERS)

    async def _state(self, _: web.Request) -> web.Response:
        self._deployment.expire()
        return web.json_response(control_view.state(self._deployment, self._clock))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Send the state as server-sent events: at once, and after each change."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        seen = -1
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    seen = await self._changes.after(seen)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            state = json.dumps(control_view.state(self._deployment, self._clock))
            await response.write(f"data: {state}\n\n".encode())
            await asyncio.sleep(SETTLE_SECONDS)

    async def _requests(self, _: web.Request) -> web.Response:
        return web.json_response(
            control_view.requests(self._log, is_cluster=self._deployment.is_cluster)
        )

    async def _clear_requests(self, _: web.Request) -> web.Response:
        self._log.clear()
        return web.json_response([])

    # People

    async def _add_person(self, request: web.Request) -> web.Response:
        new = read_person(await request.read(), self._deployment.nodes)
        try:
            self._deployment.people.add(new.user, new.name, home=new.home)
        except ValueError as error:
            return _problem(HTTPStatus.CONFLICT, str(error))
        person = self._deployment.people[new.user]
        return web.json_response(
            control_view.person(self._deployment, person), status=HTTPStatus.CREATED
        )

    async def _choose(self, request: web.Request) -> web.Response:
        person = self._person(request)
        choice = read_choice(await request.read())
        act = (
            self._deployment.people.choose_by_hand
            if choice.by_hand
            else self._deployment.people.report
        )
        act(person, choice.status, choice.device)
        return web.json_response(control_view.person(self._deployment, person))

    async def _be_automatic(self, request: web.Request) -> web.Response:
        person = self._person(request)
        self._deployment.people.be_automatic(person)
        return web.json_response(control_view.person(self._deployment, person))

    async def _block(self, request: web.Request) -> web.Response:
        person = self._person(request)
        self._deployment.block(person, read_watchers(await request.read()))
        return web.json_response(control_view.person(self._deployment, person))

    async def _set_contacts(self, request: web.Request) -> web.Response:
        person = self._person(request)
        domain = self._deployment.configuration.domain
        listed = read_contact_list(await request.read(), domain)
        self._deployment.contact_lists.replace(person.user, listed)
        return web.json_response(listed)

    async def _share(self, request: web.Request) -> web.Response:
        self._deployment.share(sharing=read_sharing(await request.read()))
        return web.json_response(control_view.state(self._deployment, self._clock))

    def _person(self, request: web.Request) -> Person:
        person = self._deployment.people.find(request.match_info["user"])
        if person is None:
            raise web.HTTPNotFound(reason="No such person")
        return person

    # Nodes

    async def _list_nodes(self, _: web.Request) -> web.Response:
        return web.json_response(control_view.nodes(self._deployment))

    async def _change_node(self, request: web.Request) -> web.Response:
        node = self._deployment.nodes.get(request.match_info["name"])
        if node is None:
            raise web.HTTPNotFound(reason="No such node")
        change = read_node_change(await request.read(), node.tls)
        if change.state is not None:
            self._deployment.set_state(node, change.state)
        node.tls = change.tls
        if change.sets_workers:
            node.workers.limit = change.workers
        if change.budget is not None:
            node.meter.budget = change.budget
        return await self._answer_applied(control_view.node(node))

    # Time

    async def _time(self, _: web.Request) -> web.Response:
        return web.json_response(control_view.time(self._clock))

    async def _advance(self, request: web.Request) -> web.Response:
        """Advance the clock; everything that is due has expired when the answer is sent."""
        self._clock.advance(read_advance(await request.read(), self._clock))
        self._deployment.expire()
        return await self._answer_applied(control_view.time(self._clock))

    # Faults

    async def _list_faults(self, _: web.Request) -> web.Response:
        now = self._clock.seconds()
        return web.json_response([control_view.fault(each, now) for each in self._faults])

    async def _add_fault(self, request: web.Request) -> web.Response:
        fault = read_fault(await request.read(), self._clock, self._deployment.nodes)
        if fault.kind in _IMMEDIATE:
            for node in self._deployment.nodes.values():
                if fault.is_at(node.name):
                    _IMMEDIATE[fault.kind](node.service)
        else:
            self._faults.add(fault)
            await self._apply_faults()
        return web.json_response(
            control_view.fault(fault, self._clock.seconds()), status=HTTPStatus.CREATED
        )

    async def _clear_faults(self, _: web.Request) -> web.Response:
        return await self._without_faults([])

    async def _reset(self, _: web.Request) -> web.Response:
        self._deployment.reset()
        self._log.clear()
        return await self._without_faults(control_view.state(self._deployment, self._clock))

    async def _without_faults(self, answer: object) -> web.Response:
        self._faults.clear()
        return await self._answer_applied(answer)

    async def _answer_applied(self, answer: object) -> web.Response:
        """Answer once the ports match the faults and node states."""
        try:
            await self._apply_faults()
        except ListenError as error:
            return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
        return web.json_response(answer)


def _problem(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

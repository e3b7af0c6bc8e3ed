"""Section 2: certificates, versions of TLS, and connections that hold workers."""

import asyncio

from custom_components.cisco_unified_presence.pws import read_certificates
from custom_components.cisco_unified_presence.pws.exchange import Exchange, Request
from custom_components.cisco_unified_presence.pws.transport import make_ssl_context, open_session

from .case import REST_ONLY, Differs, Needs, Skipped, Table
from .expecting import holds, same
from .stage import Stage

TABLE = Table(2)

_ASKING = Request("GET", "/soap?wsdl")
_SECONDS = 1.0


def _https(stage: Stage) -> tuple[str, int]:
    if stage.is_simulated:
        return "127.0.0.1", stage.simulator.ports.https
    if stage.target.https is None:
        raise Skipped("needs CUP_HTTPS_PORT")
    return stage.target.https.bare_host, stage.target.https.port


@TABLE.case(dialects=REST_ONLY)
async def a_node_has_an_rsa_and_an_ecdsa_certificate(stage: Stage) -> None:
    shown = await read_certificates(*_https(stage), timeout=10)
    if not shown.is_complete:
        raise Skipped("the server speaks no TLS 1.2, in which one kind can be asked for")
    kinds = sorted("ECDSA" if each.is_ecdsa else "RSA" for each in shown.certificates)
    same(kinds, ["ECDSA", "RSA"], "kinds of certificates")


@TABLE.case(dialects=REST_ONLY)
async def two_idle_connections_leave_room_for_others(stage: Stage) -> None:
    server = stage.target.server
    context = make_ssl_context(server.security)
    idle = [open_session(server, ssl_context=context) for _ in range(2)]
    try:
        for http in idle:
            await Exchange(server, http, 15).send(_ASKING)
        async with open_session(server, ssl_context=context) as http:
            answer = await Exchange(server, http, 15).send(_ASKING)
            holds(answer.status, "a third connection is not answered")
    finally:
        for http in idle:
            await http.close()


@TABLE.case(dialects=REST_ONLY, needs=Needs.WORKERS)
async def an_idle_connection_holds_a_worker(stage: Stage) -> None:
    server = stage.target.server
    await stage.control("POST", "nodes/node1", workers=1)
    async with open_session(server, ssl_context=None) as first:
        await Exchange(server, first, 15).send(_ASKING)
        async with open_session(server, ssl_context=None) as second:
            waiting = asyncio.create_task(Exchange(server, second, 15).send(_ASKING))
            done, _ = await asyncio.wait([waiting], timeout=_SECONDS / 5)
            if done:
                raise Differs("a second connection is answered by the only worker")
            await first.close()
            same((await waiting).status, 200, "status once the worker is free")

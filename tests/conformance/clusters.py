"""Rules 18 and 19: more than one node."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from cup_simulator import Configuration
from cup_simulator.configuration import ConfiguredNode, ConfiguredPerson
from cup_simulator.deployment import NodeState
from custom_components.cisco_unified_presence.pws import PlainHttp, Redirected, Server
from custom_components.cisco_unified_presence.pws.exchange import Request
from custom_components.cisco_unified_presence.pws.xml import field_anywhere, local_name, parse

from .case import REST_ONLY, SOAP_ONLY, Differs, Needs, Table
from .expecting import holds, refused, same
from .running import simulated_stage, stage_at
from .stage import Stage
from .target import LOOPBACK, SIMULATED, Target

TABLE = Table(5)

_CLUSTER: Configuration = replace(
    SIMULATED,
    nodes=(ConfiguredNode("alpha", backup="beta"), ConfiguredNode("beta", backup="alpha")),
    people=(
        ConfiguredPerson("watcher", "Watcher"),
        ConfiguredPerson("anna", "Anna", node="beta"),
    ),
)


@asynccontextmanager
async def _nodes(stage: Stage) -> AsyncGenerator[tuple[Stage, Stage]]:
    """Yield stages at alpha, home of the watcher, and at beta, home of the person."""
    tls_dir = stage.simulator.tls_dir
    async with simulated_stage(stage.spoken, tls_dir, _CLUSTER) as alpha:
        simulator = alpha.simulator
        port = simulator.nodes["beta"].node.address.http_port
        server = Server(host=LOOPBACK, port=port, security=PlainHttp())
        target = replace(Target.of_simulator(simulator), http=server)
        async with stage_at(target, stage.spoken, simulator) as beta:
            yield alpha, beta


@TABLE.case(18, needs=Needs.NODES)
async def the_backup_takes_over_when_a_node_dies(stage: Stage) -> None:
    async with _nodes(stage) as (alpha, beta):
        subscription = await alpha.subscription()
        await alpha.simulator.set_node_state("alpha", NodeState.STOPPED)
        same((await beta.poll()).contact, beta.contact, "contact seen at the backup")
        await refused(beta, beta.fetch(subscription), 133)
        found = await beta.fetch(await beta.subscription())
        same({each.contact for each in found}, set(beta.contacts), "contacts at the backup")


@TABLE.case(18, needs=Needs.NODES)
async def the_primary_serves_again_when_it_returns(stage: Stage) -> None:
    async with _nodes(stage) as (alpha, beta):
        simulator = alpha.simulator
        await simulator.set_node_state("alpha", NodeState.STOPPED)
        await beta.watcher()
        await simulator.set_node_state("alpha", NodeState.RUNNING)
        same((await alpha.poll()).contact, alpha.contact, "contact seen at home")


async def _redirection(stage: Stage) -> Redirected:
    try:
        await stage.person()
    except Redirected as redirected:
        return redirected
    raise Differs("an end user homed on another node was logged in")


@TABLE.case(19, needs=Needs.NODES)
async def an_end_user_homed_elsewhere_is_sent_there(stage: Stage) -> None:
    async with _nodes(stage) as (alpha, beta):
        redirected = await _redirection(alpha)
        holds(redirected.primary, "the redirection names no primary server")
        holds(redirected.backup, "the redirection names no backup server")
        person = await beta.person()
        await beta.dialect.poll(person, [beta.contact], rich=False)


@TABLE.case(19, needs=Needs.NODES)
async def the_key_of_one_node_is_not_valid_at_another(stage: Stage) -> None:
    async with _nodes(stage) as (alpha, beta):
        person = await beta.person()
        polling = alpha.dialect.poll(person, [alpha.contact], rich=False)
        await refused(alpha, polling, 101)


@TABLE.case(19, dialects=REST_ONLY, needs=Needs.NODES)
async def the_redirection_has_a_location_and_names_the_nodes(stage: Stage) -> None:
    async with _nodes(stage) as (alpha, beta):
        headers = {"Presence-Session-Key": (await alpha.application()).key}
        for method, path in (("POST", "sessions"), ("PUT", "session")):
            request = Request(method, f"/users/{alpha.target.person}/{path}", headers)
            answer = await alpha.exchange.send(request)
            same(answer.status, 307, "status")
            home = f"{beta.target.server.base_url}/users/{alpha.target.person}/session"
            same(answer.location, home, "Location")
            root = parse(answer.body)
            same(local_name(root), "session", "root element")
            holds(field_anywhere(root, "primaryServer"), "there is no primaryServer")
            holds(field_anywhere(root, "backupServer"), "there is no backupServer")


@TABLE.case(19, dialects=SOAP_ONLY, needs=Needs.NODES)
async def the_redirection_comes_in_an_envelope(stage: Stage) -> None:
    async with _nodes(stage) as (alpha, _):
        redirected = await _redirection(alpha)
        same(redirected.location, None, "Location")

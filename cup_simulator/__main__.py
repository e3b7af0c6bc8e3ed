"""The command line of the simulator."""

import argparse
import asyncio
import json
import logging
import os
from pathlib import Path
import signal
import sys

from . import control_view
from .certificate import CertificateError
from .configuration import DEFAULT, ConfigurationError, read_configuration
from .configured_nodes import ONE_NODE
from .deployment import Node
from .listening import ListenError
from .server import LOOPBACK, Ports, Simulator

DESCRIPTION = """\
A Cisco Unified Presence server to develop, demonstrate and test against: it speaks the
Presence Web Service over HTTP and HTTPS, and has a control port with a page to play
the Jabber client of every person."""

EPILOG = """\
Without --config there are the application user hass with the password simulator, the
people user1 to user6 and watcher, and the presence domain example.com. A configuration
file looks like this; only the first three keys are needed. Those whom a person blocks see
that person as offline:

  domain: example.com
  application_users:
    hass: {password: simulator}
  people:
    user1: {name: First User}
    user2: {name: Second User, presence: BUSY, note: In the lab, blocks: [user1]}
  translate: {BUSY: AWAY, VACATION: AWAY}   # words displayed as others, as 10.x does
  limits: {endpoints: 10, subscriptions: 10}
  refuse_callback_ports: [5000]             # no notification is delivered there
  backup_server: node2.example.com          # named in the answer to a login
  tls: {shows: [cup, cup-ECDSA], versions: ["1.2"]}   # or ["1.3"], or both
  workers: 20                               # of each node; a connection holds one
  budget: {requests: 50, cpu: 800}          # a second; errors 212 and 210 beyond
  sharing: true                             # false: users see only themselves
  federated:                                # of another vendor: rich presence only
    partner@other.example: {name: Partner, presence: BUSY}

A cluster has nodes; people have a home among them (else the first), and contacts, which
the Client Configuration Web Service (--epas-port) tells:

  nodes:                                    # the first uses the ports above
    alpha: {backup: beta}
    beta: {host: 127.0.0.1, http_port: 0, https_port: 0, epas_port: 0, backup: alpha}
  people:
    user1: {node: beta, contacts: {Team: [user2, user3@example.com]}}

The certificates are made on the first start. Clients can be pointed at the files in the
directory of --tls-dir: cup.pem and cup-ECDSA.pem, of which one is shown by what is
negotiated, and tomcat.pem for the Client Configuration Web Service.

The WSDL documents are at /presence-service/soap?wsdl, and at /EPASSoap/service?wsdl on the
port --epas-port.

Control port (JSON):
  GET    /                                  the page
  GET    /control/state                     people, sessions, endpoints, subscriptions
  GET    /control/events                    server-sent events: one for each change
  PUT    /control/people/USER/presence      {"presence": "DND", "manual": true,
                                             "note": "...", "activities": ["meeting"],
                                             "device": "jabber"}
  DELETE /control/people/USER/presence      take back what was chosen by hand
  POST   /control/people                    {"user": "...", "name": "..."}
  PUT    /control/people/USER/blocks        {"watchers": ["user1"]}: see USER as offline
  PUT    /control/people/USER/contacts      {"Team": ["user2"]}: the contact list
  PUT    /control/sharing                   {"sharing": false}: all see only themselves
  POST   /control/faults                    {"kind": "...", "count": N, "seconds": S,
                                             "path": "regex", "method": "GET",
                                             "node": "..."}
                                            kinds: throttle (code), error (code),
                                            delay (delay), garbage (body, status,
                                            content_type), truncate (bytes),
                                            refuse_connections, refuse_configuration,
                                            drop_notifications, lose_sessions,
                                            lose_subscriptions, lose_endpoints
  GET, DELETE /control/faults               the active faults; end all
  GET    /control/nodes                     the nodes, their ports and states
  POST   /control/nodes/NAME                {"state": "stopped" | "cut" | "running",
                                             "shows": ["cup-ECDSA"], "versions": ["1.3"],
                                             "workers": N, "budget": {"requests": N, "cpu": N}}
  GET, DELETE /control/requests             the request log; clear it
  POST   /control/clock                     {"advance": 3600}: seconds pass at once
  POST   /control/reset                     return to the state after the start

Exit status: 0 when stopped by a signal, 2 when it could not start.
"""

UNUSABLE = 2


def main() -> None:
    parser = _parser()
    arguments = parser.parse_args()
    logging.basicConfig(
        level=arguments.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        asyncio.run(_run(arguments))
    except (ConfigurationError, ListenError, CertificateError) as error:
        parser.exit(UNUSABLE, f"cup-simulator: {error}\n")


async def _run(arguments: argparse.Namespace) -> None:
    configuration = DEFAULT if arguments.config is None else read_configuration(arguments.config)
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    simulator = Simulator(
        configuration,
        Ports(
            arguments.http_port,
            arguments.https_port,
            arguments.control_port,
            arguments.epas_port,
        ),
        host=arguments.host,
        control_host=arguments.control_host,
        tls_dir=arguments.tls_dir,
    )
    async with simulator:
        sys.stdout.write(f"{_announcement(arguments, simulator)}\n")
        sys.stdout.flush()
        await stopped.wait()


def _announcement(arguments: argparse.Namespace, simulator: Simulator) -> str:
    ports = simulator.ports
    if arguments.announce:
        return json.dumps(
            {
                "host": arguments.host,
                "http_port": ports.http,
                "https_port": ports.https,
                "control_port": ports.control,
                "epas_port": ports.epas,
                "nodes": control_view.nodes(simulator.deployment),
                "tls_dir": str(simulator.tls_dir.resolve()),
            }
        )
    return (
        f"{'\n'.join(_where(arguments, each) for each in simulator.deployment.nodes.values())}\n"
        f"Control: http://{_url_host(arguments.control_host)}:{ports.control}/\n"
        f"Certificate: {simulator.tls_dir / 'cup.pem'}\n"
        "Ctrl-C stops it."
    )


def _where(arguments: argparse.Namespace, node: Node) -> str:
    host = _url_host(node.configured.host or arguments.host)
    name = "" if node.configured in ONE_NODE else f" at {node.name}"
    return (
        f"Presence Web Service{name}: http://{host}:{node.address.http_port}/presence-service"
        f" and https://{host}:{node.address.https_port}/presence-service"
    )


def _url_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cup-simulator",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="YAML file, see below")
    parser.add_argument(
        "--host",
        default=LOOPBACK,
        help="address to serve the Presence Web Service on; 0.0.0.0 is all (default: %(default)s)",
    )
    for name, port in (("http", 8082), ("https", 8083), ("control", 8084), ("epas", 8443)):
        parser.add_argument(
            f"--{name}-port",
            type=_port,
            metavar="PORT",
            default=port,
            help="0 is any free port (default: %(default)s)",
        )
    parser.add_argument(
        "--control-host",
        metavar="HOST",
        default=LOOPBACK,
        help="address to serve the control port on, which has no password (default: %(default)s)",
    )
    parser.add_argument(
        "--tls-dir",
        type=Path,
        metavar="DIR",
        default=_state_directory(),
        help="directory of certificates and keys (default: %(default)s)",
    )
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        type=str.lower,
        default="info",
        help="default: %(default)s; info shows every notification",
    )
    parser.add_argument(
        "--announce",
        action="store_true",
        help="print the ports as one line of JSON once all listen",
    )
    return parser


def _port(text: str) -> int:
    try:
        port = int(text)
    except ValueError:
        port = -1
    if port not in range(65536):
        raise argparse.ArgumentTypeError(f"{text} is not a port from 0 to 65535")
    return port


def _state_directory() -> Path:
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "cup-simulator"


if __name__ == "__main__":
    main()

"""Runs the demo, or checks it. Started by script/demo."""

import argparse
import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import shutil
import signal
import sys
import tempfile

from .cluster_story import ClusterStory
from .processes import CONTACT_LIST_PORT, Ports
from .seed import FOLDER, REPOSITORY
from .stage import Stage, stage
from .story import Story
from .telling import StoryFailed, Telling

HOME_ASSISTANT_PORT = 8123
SIMULATOR_PORTS = Ports(http=8082, https=8083, control=8084)

WHAT_TO_DO = """\
    Turn the meeting room on in Home Assistant (Building in the sidebar), and see Anna become Busy
    on the people's side.
    Make her Available there, and see the rule overruled; choose Automatic to resume it.
    Make Ben not to be disturbed on the people's side, and see his lamp turn purple.
    Add Greta: Settings, Devices & services, Cisco Unified Presence, Add people. She is on the
    watcher's contact list (if port 8443 was free).
"""
WHAT_TO_ENTER = """\
    In Home Assistant: Settings, Devices & services, Add integration, Cisco Unified Presence.
    Host 127.0.0.1, application user hass, password simulator, watcher watcher, presence domain
    example.com. People to add: anna, ben, clara, david, emma, felix, hana.
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="tell the story and check it")
    parser.add_argument("--cluster", action="store_true", help="a server of two nodes")
    parser.add_argument(
        "--empty", action="store_true", help="Home Assistant has not been told of the server"
    )
    parser.add_argument(
        "--announce",
        action="store_true",
        help="use free ports and print the addresses as one line of JSON; "
        "again after SIGHUP, which restarts the server",
    )
    parser.add_argument(
        "--contact-list",
        action="store_true",
        help=f"with --announce: offer the contact list at port {CONTACT_LIST_PORT}, if it is free",
    )
    parser.add_argument("--server", type=Path, metavar="FILE", help="the server's configuration")
    arguments = parser.parse_args()
    try:
        asyncio.run(_choose(arguments))
    except (RuntimeError, StoryFailed, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


async def _choose(arguments: argparse.Namespace) -> None:
    cluster: bool = arguments.cluster
    empty: bool = arguments.empty
    own: Path | None = arguments.server
    configuration = own or FOLDER / ("cluster.yaml" if cluster else "simulator.yaml")
    if arguments.check:
        await check(configuration, ClusterStory if cluster else Story)
    elif arguments.announce:
        await announce(configuration, empty=empty, contact_list=arguments.contact_list)
    else:
        await show(configuration, empty=empty)


async def check(configuration: Path, story: type[Telling]) -> None:
    """Run a story on free ports. Raises StoryFailed."""
    async with _passing_stage(configuration) as built:
        await story(built).tell()
    print("demo: the whole story came true")


async def announce(configuration: Path, *, empty: bool, contact_list: bool) -> None:
    """Run both sides on free ports until stopped, for other programs."""
    async with _passing_stage(configuration, empty=empty, contact_list=contact_list) as built:
        announcement = json.dumps(
            {
                "home_assistant": built.home_assistant.url,
                "cup": built.cup.url,
                "cup_http_port": built.ports.http,
                "cup_https_port": built.ports.https,
                "offers_contact_list": built.ports.offers_contact_list,
                "folder": str(built.folder),
                "token": built.token,
            }
        )
        signals = _signals(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        print(announcement, flush=True)
        while await signals.get() is signal.SIGHUP:
            await built.restart_server()
            print(announcement, flush=True)


@asynccontextmanager
async def _passing_stage(
    configuration: Path, *, empty: bool = False, contact_list: bool = True
) -> AsyncGenerator[Stage]:
    """Run both sides in a temporary folder; print their output if something fails."""
    folder = Path(tempfile.mkdtemp(prefix="cup-demo-"))
    try:
        async with stage(folder, configuration, empty=empty, contact_list=contact_list) as built:
            yield built
    except Exception:
        print((folder / "output.log").read_text(), file=sys.stderr)
        raise
    finally:
        shutil.rmtree(folder)


async def show(configuration: Path, *, empty: bool) -> None:
    """Run both sides until Ctrl-C."""
    folder = REPOSITORY / ".cache" / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print("demo: starting (10 to 30 seconds)", flush=True)
    async with stage(
        folder,
        configuration,
        home_assistant_port=HOME_ASSISTANT_PORT,
        ports=SIMULATOR_PORTS,
        empty=empty,
    ) as built:
        _say_where(built)
        print(WHAT_TO_ENTER if empty else WHAT_TO_DO, flush=True)
        print(f"""\
    Ctrl-C stops everything. Home Assistant's log: {built.folder / "home-assistant.log"}
""")
        await _interrupted()
        print("demo: stopping", flush=True)


def _say_where(built: Stage) -> None:
    print(
        f"""
    Home Assistant      {built.home_assistant.url}
    The people's side   {built.cup.url}
"""
    )


async def _interrupted() -> None:
    await _signals(signal.SIGINT, signal.SIGTERM).get()


def _signals(*numbers: signal.Signals) -> asyncio.Queue[signal.Signals]:
    """Return a queue in which these signals arrive."""
    arrived = asyncio.Queue[signal.Signals]()
    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, arrived.put_nowait, number)
    return arrived


if __name__ == "__main__":
    sys.exit(main())

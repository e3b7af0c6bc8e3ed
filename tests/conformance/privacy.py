"""Section 9: people who are shown as offline to those whom they block."""

from .case import Needs, Table
from .expecting import holds, same
from .stage import Stage

TABLE = Table(9)


@TABLE.case(needs=Needs.PRIVACY)
async def a_person_is_offline_to_those_who_are_blocked(stage: Stage) -> None:
    await stage.jabber("BUSY", note="In the office")
    await stage.shows("BUSY")
    await stage.control("PUT", f"people/{stage.target.person}/blocks", watchers=["watcher"])
    await stage.shows("UNAVAILABLE")
    rich = (await stage.poll(rich=True)).rich
    holds(rich is not None and not rich.devices and not rich.note, "something else is told")


@TABLE.case(needs=Needs.PRIVACY)
async def being_blocked_is_news_and_being_unblocked_too(stage: Stage) -> None:
    await stage.jabber("BUSY")
    subscription = await stage.subscription([stage.contact])
    await stage.fetch(subscription)
    for watchers, word in (["watcher"], "UNAVAILABLE"), ([], "BUSY"):
        await stage.control("PUT", f"people/{stage.target.person}/blocks", watchers=watchers)
        found = await stage.fetch(subscription)
        same([each.presence for each in found], [word], "words that are news")


@TABLE.case(needs=Needs.PRIVACY)
async def without_sharing_everybody_sees_only_oneself(stage: Stage) -> None:
    await stage.jabber("BUSY")
    await stage.control("PUT", "sharing", sharing=False)
    await stage.shows("UNAVAILABLE")
    found = await stage.dialect.poll(await stage.watcher(), [stage.contacts[1]], rich=False)
    same([each.presence for each in found], ["AVAILABLE"], "word of the watcher")

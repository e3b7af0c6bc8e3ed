"""Rules 4, 5, 21 and 22: overrides, and the presence without one."""

from functools import partial
from itertools import pairwise
from typing import Final

from custom_components.cisco_unified_presence.pws import Presence, write_clear, write_pidf

from .case import Needs, Table
from .expecting import refused
from .pidf_texts import pidf
from .stage import DEVICE, OVERRIDE, Stage

TABLE = Table(5)


@TABLE.case(4, disturbs=True)
async def a_rich_clear_takes_an_override_back(stage: Stage) -> None:
    await stage.set("DND", OVERRIDE)
    await stage.shows("DND")
    await stage.set_rich(write_clear(stage.contact), DEVICE)
    await stage.shows("AVAILABLE")


@TABLE.case(4, disturbs=True)
async def available_without_override_takes_an_override_back(stage: Stage) -> None:
    await stage.set("DND", OVERRIDE)
    await stage.shows("DND")
    await stage.set("AVAILABLE", DEVICE)
    await stage.shows("AVAILABLE")


@TABLE.case(4, disturbs=True)
async def a_rich_clear_takes_a_rich_override_back(stage: Stage) -> None:
    await stage.set_rich(write_pidf(stage.contact, Presence.AWAY, note="Out"), OVERRIDE)
    await stage.shows("AWAY")
    await stage.set_rich(write_clear(stage.contact), DEVICE)
    await stage.shows("AVAILABLE")


async def _accepted(tuple_id: str, source: str, stage: Stage) -> None:
    document = pidf(stage.contact, "<busy/>", tuple_id=tuple_id, source=source)
    await stage.set_rich(document, OVERRIDE)
    await stage.shows("BUSY", "AWAY")


for _id in ("pws-override", "pws-persistent"):
    for _source in ("Presence Web Service", "Human"):
        TABLE.add(
            5,
            f"{_id} of source {_source} overrides",
            partial(_accepted, _id, _source),
            disturbs=True,
        )


@TABLE.case(5)
async def an_override_of_another_tuple_id_is_refused(stage: Stage) -> None:
    watcher = await stage.watcher()
    document = pidf(stage.target.contact(watcher.name), "<busy/>", tuple_id="cisco-upc")
    sending = stage.dialect.set_rich_presence(watcher, document, OVERRIDE)
    await refused(stage, sending, 161)


@TABLE.case(5)
async def a_device_tuple_without_source_is_refused(stage: Stage) -> None:
    watcher = await stage.watcher()
    contact = stage.target.contact(watcher.name)
    document = pidf(contact, "<busy/>", tuple_id="cisco-pws", source=None)
    await refused(stage, stage.dialect.set_rich_presence(watcher, document, DEVICE), 162)


@TABLE.case(21, disturbs=True, needs=Needs.CLIENTS)
async def a_choice_by_hand_is_an_override(stage: Stage) -> None:
    await stage.person()
    await stage.jabber("AWAY")
    await stage.jabber("DND", manual=False)
    await stage.shows("AWAY")


@TABLE.case(21, disturbs=True, needs=Needs.CLIENTS)
async def of_two_overrides_the_later_shows(stage: Stage) -> None:
    await stage.set("DND", OVERRIDE)
    await stage.jabber("AWAY")
    await stage.shows("AWAY")
    await stage.set("BUSY", OVERRIDE)
    await stage.shows("BUSY")


@TABLE.case(21, disturbs=True, needs=Needs.CLIENTS)
async def clearing_ones_own_override_leaves_the_other(stage: Stage) -> None:
    await stage.jabber("AWAY")
    await stage.set("DND", OVERRIDE)
    await stage.shows("DND")
    await stage.set_rich(write_clear(stage.contact), DEVICE)
    await stage.shows("AWAY")
    await stage.control("DELETE", f"people/{stage.target.person}/presence")
    await stage.shows("AVAILABLE")


@TABLE.case(21, disturbs=True, needs=Needs.CLIENTS)
async def what_a_client_reports_never_beats_an_override(stage: Stage) -> None:
    await stage.set("AWAY", OVERRIDE)
    await stage.jabber("BUSY", manual=False, activities=["on-the-phone"])
    await stage.shows("AWAY")


# Reference: rule 22; the strongest first.
_ORDER: Final = ("DND", "BUSY", "AVAILABLE", "AWAY", "VACATION", "UNAVAILABLE")


async def _beats(stronger: str, weaker: str, stage: Stage) -> None:
    await stage.jabber(weaker, manual=False, device="one")
    await stage.jabber(stronger, manual=False, device="another")
    await stage.shows(stronger)


for _stronger, _weaker in pairwise(_ORDER):
    TABLE.add(
        22,
        f"{_stronger} of one device comes before {_weaker}",
        partial(_beats, _stronger, _weaker),
        needs=Needs.CLIENTS,
    )

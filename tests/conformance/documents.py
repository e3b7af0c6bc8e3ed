"""Section 7: rich presence documents, written and read."""

from functools import partial

from custom_components.cisco_unified_presence.pws import Activity, RichPresence

from .case import Differs, Needs, Table
from .expecting import holds, same
from .pidf_texts import pidf
from .stage import OVERRIDE, Stage

TABLE = Table(7)


async def _read(stage: Stage) -> RichPresence:
    seen = await stage.poll(rich=True)
    if seen.rich is None:
        raise Differs("the person has no document")
    return seen.rich


async def _shows(activity: Activity, stage: Stage) -> None:
    await stage.set_rich(pidf(stage.contact, f"<{activity}/>"), OVERRIDE)
    activities = (await _read(stage)).activities
    holds(activity in activities, f"{activity} is not among {sorted(activities)}")


for _activity in ("available", "away", "busy", "dnd", "vacation", "unavailable"):
    TABLE.add(
        None,
        f"the activity {_activity} is shown",
        partial(_shows, Activity(_activity)),
        disturbs=True,
    )


async def _shows_both(extra: Activity, stage: Stage) -> None:
    await stage.set_rich(pidf(stage.contact, f"<busy/><{extra}/>"), OVERRIDE)
    activities = (await _read(stage)).activities
    same(activities, {Activity("busy"), extra}, "activities")


for _activity in ("meeting", "on-the-phone"):
    TABLE.add(
        None,
        f"busy and {_activity} stand together",
        partial(_shows_both, Activity(_activity)),
        disturbs=True,
    )


@TABLE.case(disturbs=True)
async def the_note_is_shown(stage: Stage) -> None:
    more = "<class>manual</class><note>Custom DND</note>"
    await stage.set_rich(pidf(stage.contact, "<dnd/>", more=more), OVERRIDE)
    same((await _read(stage)).note, "Custom DND", "note")


@TABLE.case(disturbs=True)
async def the_entity_is_the_sip_uri(stage: Stage) -> None:
    await stage.person()
    same((await _read(stage)).entity, f"sip:{stage.contact}", "entity")


@TABLE.case(disturbs=True)
async def presence_without_override_is_the_device_cisco_pws(stage: Stage) -> None:
    await stage.person()
    devices = {device.id for device in (await _read(stage)).devices}
    holds("cisco-pws" in devices, f"there is no cisco-pws among {sorted(devices)}")


@TABLE.case(disturbs=True, needs=Needs.CLIENTS)
async def what_devices_report_is_shown(stage: Stage) -> None:
    await stage.jabber("BUSY", manual=False, activities=["on-the-phone"])
    activities = (await _read(stage)).activities
    holds(Activity("on-the-phone") in activities, f"not on the phone: {sorted(activities)}")


@TABLE.case(disturbs=True)
async def a_basic_word_is_shown_in_rich_form_too(stage: Stage) -> None:
    await stage.set("DND", OVERRIDE)
    same((await _read(stage)).presence, "DND", "word")

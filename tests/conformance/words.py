"""Rules 1 to 3 and 20: the words of presence, and how they may be set."""

from functools import partial

from custom_components.cisco_unified_presence.pws import SETTABLE, Presence, write_pidf
from custom_components.cisco_unified_presence.pws.dialect import PublishOptions
from custom_components.cisco_unified_presence.pws.soap_request import Call
from custom_components.cisco_unified_presence.pws.soap_writer import Fields

from .case import Needs, Skipped, Table
from .expecting import holds, refused
from .stage import DEVICE, HOUR, OVERRIDE, Stage

TABLE = Table(5)

# What 10.x shows instead (rule 3).
_TRANSLATED = {Presence.BUSY, Presence.VACATION}


def _seen_as(word: Presence) -> tuple[Presence, ...]:
    return (word, Presence.AWAY) if word in _TRANSLATED else (word,)


async def _overrides(word: Presence, stage: Stage) -> None:
    await stage.set(word, OVERRIDE)
    await stage.shows(*_seen_as(word))


async def _joins(word: Presence, stage: Stage) -> None:
    await stage.set(word, DEVICE)


for _word in sorted(SETTABLE - {Presence.AVAILABLE}):
    TABLE.add(1, f"{_word} is set over everything", partial(_overrides, _word), disturbs=True)
for _word in sorted(SETTABLE - {Presence.DND}):
    TABLE.add(1, f"{_word} is set without override", partial(_joins, _word), disturbs=True)


# The watcher sets itself: a refused presence is visible to no one.
async def _is_refused(word: str, options: PublishOptions, code: int, stage: Stage) -> None:
    sending = stage.dialect.set_presence(await stage.watcher(), word, options)
    await refused(stage, sending, code)


TABLE.add(1, "UNKNOWN cannot be set", partial(_is_refused, "UNKNOWN", OVERRIDE, 120))
TABLE.add(2, "AVAILABLE cannot override", partial(_is_refused, "AVAILABLE", OVERRIDE, 121))
TABLE.add(2, "DND cannot but override", partial(_is_refused, "DND", DEVICE, 122))


@TABLE.case(1)
async def case_matters_in_words(stage: Stage) -> None:
    watcher = await stage.watcher()
    if stage.is_rest:
        await _is_refused("busy", OVERRIDE, 120, stage)
        return
    # Written by hand: a language spells words as the server's description does.
    info: Fields = {"override": "true", "basicPresence": "BUSY"}
    call = Call(
        "setPresence",
        {"presenceType": "BASIC_PRESENCE", "expiration": str(HOUR), "presenceInfo": info},
    )
    language = await stage.raw.language()
    body = language.write(call, watcher.key).replace(b">BUSY<", b">busy<")
    # 102 where a schema knows the words.
    await refused(stage, stage.raw.post(body, language.headers("setPresence")), 120, 102)


@TABLE.case(2, disturbs=True)
async def available_may_override_in_rich_form(stage: Stage) -> None:
    await stage.set_rich(write_pidf(stage.contact, Presence.AVAILABLE, override=True), OVERRIDE)
    await stage.shows("AVAILABLE")


@TABLE.case(2, disturbs=True, needs=Needs.CLIENTS)
async def an_override_stands_over_what_devices_report(stage: Stage) -> None:
    await stage.jabber("BUSY", manual=False)
    await stage.set("AWAY", OVERRIDE)
    await stage.shows("AWAY")
    await stage.jabber("AVAILABLE", manual=False)
    await stage.shows("AWAY")


@TABLE.case(2, disturbs=True, needs=Needs.CLIENTS)
async def without_override_it_is_one_device_more(stage: Stage) -> None:
    await stage.jabber("BUSY", manual=False)
    await stage.set("AWAY", DEVICE)
    await stage.shows("BUSY")
    await stage.jabber("UNAVAILABLE", manual=False)
    await stage.shows("AWAY")


@TABLE.case(2, disturbs=True, needs=Needs.CLIENTS)
async def unavailable_shows_only_when_every_client_is(stage: Stage) -> None:
    await stage.jabber("AVAILABLE", manual=False)
    await stage.set("UNAVAILABLE", DEVICE)
    await stage.shows("AVAILABLE")
    await stage.jabber("UNAVAILABLE", manual=False)
    await stage.shows("UNAVAILABLE")


@TABLE.case(3, disturbs=True)
async def what_is_shown_as_another_word_was_set_with_success(stage: Stage) -> None:
    for word in sorted(_TRANSLATED):
        await stage.set(word, PublishOptions(override=True, expiry=HOUR))
        await stage.shows(*_seen_as(word))


@TABLE.case(20)
async def federated_users_have_rich_presence(stage: Stage) -> None:
    contact = stage.target.federated
    if contact is None:
        raise Skipped("needs a contact of another vendor in CUP_FEDERATED")
    (seen,) = await stage.dialect.poll(await stage.watcher(), [contact], rich=True)
    holds(seen.rich, "the federated contact has no document")

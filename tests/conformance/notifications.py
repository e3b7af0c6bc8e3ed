"""Rules 10 to 15: fetches and notifications."""

from dataclasses import replace
from urllib.parse import parse_qsl

from .case import Needs, Table
from .expecting import holds, same
from .running import simulated_stage
from .stage import OVERRIDE, Stage
from .target import SIMULATED

TABLE = Table(5)


@TABLE.case(10)
async def the_first_fetch_returns_every_contact(stage: Stage) -> None:
    found = await stage.fetch(await stage.subscription())
    same({each.contact for each in found}, set(stage.contacts), "contacts")


@TABLE.case(10)
async def a_fetch_without_news_is_empty(stage: Stage) -> None:
    subscription = await stage.subscription()
    await stage.fetch(subscription)
    same(await stage.fetch(subscription), [], "contacts of the second fetch")


@TABLE.case(10, disturbs=True)
async def a_fetch_returns_only_changed_contacts(stage: Stage) -> None:
    await stage.person()
    subscription = await stage.subscription()
    await stage.fetch(subscription)
    await stage.set("DND", OVERRIDE)
    await stage.shows("DND")
    found = [(each.contact, each.presence) for each in await stage.fetch(subscription)]
    same(found, [(stage.contact, "DND")], "contacts after one has changed")


@TABLE.case(11, disturbs=True)
async def news_is_notified_of_once_until_fetched(stage: Stage) -> None:
    await stage.person()
    endpoint = await stage.endpoint(stage.callback.url)
    subscription = await stage.subscription(endpoint=endpoint)
    await stage.callback.next()
    await stage.fetch(subscription)
    await stage.set("DND", OVERRIDE)
    await stage.callback.next()
    await stage.set("AWAY", OVERRIDE)
    await stage.settle()
    holds(stage.callback.is_silent, "a second notification came before the news was fetched")
    await stage.fetch(subscription)
    await stage.set("DND", OVERRIDE)
    await stage.callback.next()


@TABLE.case(11, needs=Needs.CLIENTS)
async def unfetched_news_is_not_notified_of_again(stage: Stage) -> None:
    await stage.subscription(endpoint=await stage.endpoint(stage.callback.url))
    await stage.callback.next()
    await stage.jabber("BUSY", manual=False)
    await stage.settle()
    holds(stage.callback.is_silent, "a notification came before the first was fetched")


@TABLE.case(12)
async def polling_tells_what_a_fetch_has_consumed(stage: Stage) -> None:
    subscription = await stage.subscription()
    fetched = {each.contact: each.presence for each in await stage.fetch(subscription)}
    seen = await stage.poll()
    same(seen.presence, fetched[stage.contact], "the person polled after a fetch")
    again = await stage.poll()
    same(again.presence, seen.presence, "the person polled again")


@TABLE.case(13)
async def a_notification_is_a_get_with_id_and_event_type(stage: Stage) -> None:
    endpoint = await stage.endpoint(stage.callback.url)
    subscription = await stage.subscription(endpoint=endpoint)
    method, query = await stage.callback.next()
    expected = f"id={subscription}&eventType=PRESENCE_NOTIFICATION"
    same((method, query), ("GET", expected), "notification")


@TABLE.case(13)
async def a_callback_with_a_query_is_called(stage: Stage) -> None:
    endpoint = await stage.endpoint(f"{stage.callback.url}?of=conformance")
    subscription = await stage.subscription(endpoint=endpoint)
    _, query = await stage.callback.next()
    told = query.replace("?", "&")
    holds(
        str(subscription) in dict(parse_qsl(told)).values(),
        f"the id is not to be found in {query!r}",
    )


@TABLE.case(14, needs=Needs.PORTS)
async def a_refused_port_is_not_called(stage: Stage) -> None:
    tls_dir = stage.simulator.tls_dir
    port = stage.callback.port
    configuration = replace(SIMULATED, refused_ports=frozenset({port}))
    async with simulated_stage(stage.spoken, tls_dir, configuration) as refusing:
        await refusing.subscription(endpoint=await refusing.endpoint(stage.callback.url))
        await refusing.settle()
        holds(stage.callback.is_silent, "the refused port was called")


@TABLE.case(14)
async def the_port_of_the_callback_is_called(stage: Stage) -> None:
    await stage.subscription(endpoint=await stage.endpoint(stage.callback.url))
    await stage.callback.next()


@TABLE.case(15)
async def a_new_subscription_is_notified_of_at_once(stage: Stage) -> None:
    await stage.subscription(endpoint=await stage.endpoint(stage.callback.url))
    await stage.callback.next()
    await stage.settle()
    holds(stage.callback.is_silent, "more than one notification came")

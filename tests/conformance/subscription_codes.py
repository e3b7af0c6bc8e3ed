"""Section 6: the codes of requests about endpoints, subscriptions and lists of contacts."""

from functools import partial

from custom_components.cisco_unified_presence.pws.exchange import Request
from custom_components.cisco_unified_presence.pws.soap_request import Call
from custom_components.cisco_unified_presence.pws.soap_writer import Fields

from .case import SOAP_ONLY, Needs, Table
from .elements import element, written
from .expecting import refused
from .running import another_application
from .stage import HOUR, Stage

TABLE = Table(6)

_NO_NUMBER = 999_999
_EXPIRY = {"Presence-Expiry": str(HOUR)}


@TABLE.case(123)
async def url_given_when_renewing(stage: Stage) -> None:
    application, endpoint = await stage.application(), await stage.endpoint()
    body = written(element("endpoint", element("url", text=stage.url)))
    fields = {"url": stage.url, "endPointID": str(endpoint), "expiration": str(HOUR)}
    sending = stage.raw.send(
        application,
        Request("PUT", f"/endpoints/{endpoint}", _EXPIRY, body),
        Call("registerEndPoint", fields),
    )
    await refused(stage, sending, 123)


async def _bad_contact(contact: str, codes: tuple[int, ...], stage: Stage) -> None:
    await refused(stage, stage.subscription([contact]), *codes)


async def _bad_contact_polled(contact: str, codes: tuple[int, ...], stage: Stage) -> None:
    polling = stage.dialect.poll(await stage.watcher(), [contact], rich=False)
    await refused(stage, polling, *codes)


_MALFORMED, _EMPTY = (143, 148), (124, 147)
TABLE.add(143, "bad contact subscribed to", partial(_bad_contact, "no contact", _MALFORMED))
TABLE.add(124, "empty contact subscribed to", partial(_bad_contact, "", _EMPTY))
TABLE.add(148, "bad contact polled", partial(_bad_contact_polled, "no contact", _MALFORMED))
TABLE.add(
    147,
    "empty contact polled",
    partial(_bad_contact_polled, "", _EMPTY),
    dialects=SOAP_ONLY,
)


@TABLE.case(130)
async def endpoint_url_empty(stage: Stage) -> None:
    application = await stage.application()
    registering = stage.dialect.register_endpoint(application, "", HOUR)
    await refused(stage, registering, 130)


@TABLE.case(142)
async def endpoint_url_with_spaces(stage: Stage) -> None:
    await refused(stage, stage.endpoint("http://192.0.2.1/two words"), 142)


@TABLE.case(131)
async def expiry_out_of_range(stage: Stage) -> None:
    await refused(stage, stage.endpoint(expiry=HOUR - 1), 131)


@TABLE.case(132)
async def no_such_endpoint_to_renew(stage: Stage) -> None:
    application = await stage.application()
    await refused(stage, stage.dialect.renew_endpoint(application, _NO_NUMBER, HOUR), 132)


@TABLE.case(132)
async def no_such_endpoint_to_unregister(stage: Stage) -> None:
    application = await stage.application()
    await refused(stage, stage.dialect.unregister_endpoint(application, _NO_NUMBER), 132)


@TABLE.case(132)
async def no_such_endpoint_to_subscribe_with(stage: Stage) -> None:
    await refused(stage, stage.subscription(endpoint=_NO_NUMBER), 132)


@TABLE.case(133)
async def no_such_subscription_to_fetch(stage: Stage) -> None:
    await refused(stage, stage.fetch(_NO_NUMBER), 133)


@TABLE.case(133)
async def no_such_subscription_to_end(stage: Stage) -> None:
    unsubscribing = stage.dialect.unsubscribe(await stage.watcher(), _NO_NUMBER)
    await refused(stage, unsubscribing, 133)


@TABLE.case(134)
async def bad_subscription_type(stage: Stage) -> None:
    watcher, endpoint = await stage.watcher(), await stage.endpoint()
    body = element(
        "subscription",
        element("contactsList", element("contact", contactURI=stage.contact)),
        element("subscriptionType", text="GOSSIP"),
        element("endPointID", text=str(endpoint)),
    )
    fields: Fields = {
        "subscriptionID": "0",
        "subscriptionType": "GOSSIP",
        "endPointID": str(endpoint),
        "expiration": str(HOUR),
        "contactsList": {"contact": [{"contactURI": stage.contact}]},
    }
    sending = stage.raw.send(
        watcher,
        Request("POST", f"/users/{watcher.name}/subscriptions", _EXPIRY, written(body)),
        Call("subscribe", fields),
    )
    await refused(stage, sending, 134)


@TABLE.case(136, needs=Needs.ACCOUNT)
async def endpoint_of_another_session(stage: Stage) -> None:
    endpoint = await stage.endpoint()
    async with another_application(stage) as other:
        application = await other.application()
        await refused(stage, stage.dialect.renew_endpoint(application, endpoint, HOUR), 136)
        subscribing = other.subscription(session=await other.person(), endpoint=endpoint)
        await refused(stage, subscribing, 136)


@TABLE.case(137, disturbs=True)
async def subscription_of_another_session(stage: Stage) -> None:
    person = await stage.person()
    subscription = await stage.subscription(session=person)
    await refused(stage, stage.fetch(subscription), 137)


@TABLE.case(144, dialects=SOAP_ONLY)
async def contact_not_in_the_subscription(stage: Stage) -> None:
    subscription = await stage.subscription()
    removing = stage.dialect.remove_contacts(
        await stage.watcher(), subscription, [stage.target.contact("unknown")]
    )
    await refused(stage, removing, 144)


@TABLE.case(145)
async def neither_expiry_nor_contacts(stage: Stage) -> None:
    watcher, endpoint = await stage.watcher(), await stage.endpoint()
    subscription = await stage.subscription(endpoint=endpoint)
    body = element(
        "subscription",
        element("contactsList"),
        element("subscriptionType", text="PRESENCE_NOTIFICATION"),
        element("endPointID", text=str(endpoint)),
    )
    fields = {
        "subscriptionID": str(subscription),
        "subscriptionType": "PRESENCE_NOTIFICATION",
        "endPointID": str(endpoint),
        "expiration": "0",
    }
    path = f"/users/{watcher.name}/subscriptions/{subscription}"
    renewing = stage.raw.send(
        watcher, Request("PUT", path, body=written(body)), Call("subscribe", fields)
    )
    await refused(stage, renewing, 145)


@TABLE.case(146)
async def no_contacts_to_subscribe_to(stage: Stage) -> None:
    await refused(stage, stage.subscription([]), 146, 135)


@TABLE.case(146, dialects=SOAP_ONLY)
async def no_contacts_to_poll(stage: Stage) -> None:
    polling = stage.dialect.poll(await stage.watcher(), [], rich=False)
    await refused(stage, polling, 146, 135)

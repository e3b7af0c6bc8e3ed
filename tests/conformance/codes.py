"""Section 6: every code that a request can provoke. What is refused is seen by nobody.

Where the reference leaves room between two codes, either will do.
"""

from functools import partial

from custom_components.cisco_unified_presence.pws import Session
from custom_components.cisco_unified_presence.pws.exchange import Request
from custom_components.cisco_unified_presence.pws.soap_request import Call, Fields

from .case import SOAP_ONLY, Needs, Table
from .expecting import refused
from .running import another_application
from .stage import HOUR, Stage, element, written

TABLE = Table(6)

_NO_NUMBER = 999_999
_EXPIRY = {"Presence-Expiry": str(HOUR)}


async def _look(stage: Stage, session: Session | None, kind: str = "basic") -> None:
    contact = {"contactURI": stage.contact}
    contacts: Fields = {"contact": [contact]}
    fields: Fields = {"presenceType": f"{kind.upper()}_PRESENCE", "contactsList": contacts}
    path = f"/users/{stage.target.watcher}/presence/{kind}/contacts/{stage.contact}"
    await stage.send(session, Request("GET", path), Call("getPolledPresence", fields))


@TABLE.case(100)
async def no_session_key(stage: Stage) -> None:
    await refused(stage, _look(stage, None), 100)


@TABLE.case(101)
async def invalid_session_key(stage: Stage) -> None:
    await refused(stage, _look(stage, Session(stage.target.watcher, "no-such-key")), 101)


@TABLE.case(102)
async def xml_unreadable(stage: Stage) -> None:
    if stage.is_rest:
        path = f"/users/{stage.target.application_user}/sessions"
        sending = stage.send(None, Request("POST", path, body=b"<session><pass"), Call("logout"))
    else:
        language = await stage.language()
        body = language.write(Call("logout"), None)[:-10]
        sending = stage.post(body, language.headers("logout"))
    await refused(stage, sending, 102)


@TABLE.case(103)
async def wrong_root(stage: Stage) -> None:
    if stage.is_rest:
        path = f"/users/{stage.target.application_user}/sessions"
        body = written(element("sitting", element("password", text="none")))
        sending = stage.send(None, Request("POST", path, body=body), Call("logout"))
    else:
        sending = stage.post_operation(element("{urn:cisco:cup:presence:soap}sing"))
    await refused(stage, sending, 103)


@TABLE.case(110)
async def bad_presence_type(stage: Stage) -> None:
    await refused(stage, _look(stage, await stage.watcher(), "sideways"), 110)


async def _log_in(stage: Stage, user: str, password: str) -> None:
    body = written(element("session", element("password", text=password)))
    await stage.send(
        None,
        Request("POST", f"/users/{user}/sessions", body=body),
        Call("login", {"username": user, "password": password, "force": "false"}),
    )


@TABLE.case(111)
async def empty_password(stage: Stage) -> None:
    await refused(stage, _log_in(stage, stage.target.application_user, ""), 111)


@TABLE.case(112)
async def bad_login_type(stage: Stage) -> None:
    """An end user's own password is none that this service takes."""
    await refused(stage, _log_in(stage, stage.target.watcher, "none"), 112, 114)


@TABLE.case(113)
async def unknown_end_user(stage: Stage) -> None:
    logging_in = stage.dialect.log_in_end_user("no-such-user", await stage.application())
    await refused(stage, logging_in, 113, 114)


@TABLE.case(113)
async def unknown_application_user(stage: Stage) -> None:
    await refused(stage, _log_in(stage, "no-such-user", "none"), 113, 114)


@TABLE.case(114)
async def wrong_password(stage: Stage) -> None:
    await refused(stage, _log_in(stage, stage.target.application_user, "not this one"), 114)


async def _set_basic(stage: Stage, word: str, override: str = "true") -> None:
    watcher = await stage.watcher()
    headers = {**_EXPIRY, "Presence-Override": override}
    body = written(element("presence", text=word))
    info: Fields = {"override": override, "basicPresence": word}
    await stage.send(
        watcher,
        Request("PUT", f"/users/{watcher.name}/presence/basic", headers, body),
        Call(
            "setPresence",
            {"presenceType": "BASIC_PRESENCE", "expiration": str(HOUR), "presenceInfo": info},
        ),
    )


@TABLE.case(115)
async def no_presence_word(stage: Stage) -> None:
    await refused(stage, _set_basic(stage, ""), 115)


@TABLE.case(120)
async def presence_data_refused(stage: Stage) -> None:
    await refused(stage, _set_basic(stage, "SLEEPY"), 120)


@TABLE.case(121)
async def available_with_override(stage: Stage) -> None:
    await refused(stage, _set_basic(stage, "AVAILABLE"), 121)


@TABLE.case(122)
async def dnd_without_override(stage: Stage) -> None:
    await refused(stage, _set_basic(stage, "DND", "false"), 122)


@TABLE.case(123)
async def url_given_when_renewing(stage: Stage) -> None:
    application, endpoint = await stage.application(), await stage.endpoint()
    body = written(element("endpoint", element("url", text=stage.url)))
    fields = {"url": stage.url, "endPointID": str(endpoint), "expiration": str(HOUR)}
    sending = stage.send(
        application,
        Request("PUT", f"/endpoints/{endpoint}", _EXPIRY, body),
        Call("registerEndPoint", fields),
    )
    await refused(stage, sending, 123)


async def _bad_contact_watched(contact: str, codes: tuple[int, ...], stage: Stage) -> None:
    await refused(stage, stage.subscription([contact]), *codes)


async def _bad_contact_looked_at(contact: str, codes: tuple[int, ...], stage: Stage) -> None:
    polling = stage.dialect.poll(await stage.watcher(), [contact], rich=False)
    await refused(stage, polling, *codes)


_MALFORMED, _EMPTY = (143, 148), (124, 147)
TABLE.add(143, "bad contact watched", partial(_bad_contact_watched, "no contact", _MALFORMED))
TABLE.add(124, "empty contact watched", partial(_bad_contact_watched, "", _EMPTY))
TABLE.add(148, "bad contact looked at", partial(_bad_contact_looked_at, "no contact", _MALFORMED))
TABLE.add(
    147,
    "empty contact looked at",
    partial(_bad_contact_looked_at, "", _EMPTY),
    dialects=SOAP_ONLY,
)


@TABLE.case(125)
async def bad_override_value(stage: Stage) -> None:
    await refused(stage, _set_basic(stage, "BUSY", "perhaps"), 125)


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
    sending = stage.send(
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


@TABLE.case(140)
async def an_end_user_is_needed(stage: Stage) -> None:
    application = await stage.application()
    await refused(stage, stage.subscription(session=application), 140)


@TABLE.case(141)
async def an_application_user_is_needed(stage: Stage) -> None:
    watcher = await stage.watcher()
    registering = stage.dialect.register_endpoint(watcher, stage.url, HOUR)
    await refused(stage, registering, 141)


@TABLE.case(144, dialects=SOAP_ONLY)
async def contact_not_in_the_subscription(stage: Stage) -> None:
    subscription = await stage.subscription()
    removing = stage.dialect.remove_contacts(
        await stage.watcher(), subscription, [stage.target.contact("nobody")]
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
    renewing = stage.send(
        watcher, Request("PUT", path, body=written(body)), Call("subscribe", fields)
    )
    await refused(stage, renewing, 145)


@TABLE.case(146)
async def no_contacts_to_subscribe_to(stage: Stage) -> None:
    await refused(stage, stage.subscription([]), 146, 135)


@TABLE.case(146, dialects=SOAP_ONLY)
async def no_contacts_to_look_at(stage: Stage) -> None:
    polling = stage.dialect.poll(await stage.watcher(), [], rich=False)
    await refused(stage, polling, 146, 135)

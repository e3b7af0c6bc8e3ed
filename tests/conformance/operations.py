"""Section 3, with what section 4 has in common with it: the operations."""

from custom_components.cisco_unified_presence.pws import Presence, write_pidf
from custom_components.cisco_unified_presence.pws.dialect import SubscriptionSpec
from custom_components.cisco_unified_presence.pws.exchange import Answer, Request
from custom_components.cisco_unified_presence.pws.lxml_document import parse_description
from custom_components.cisco_unified_presence.pws.xml import field_anywhere, local_name, parse

from .case import REST_ONLY, Table
from .elements import element, written
from .expecting import holds, refused, same
from .stage import DEVICE, HOUR, OVERRIDE, Stage

TABLE = Table(3)


@TABLE.case()
async def an_application_user_logs_in(stage: Stage) -> None:
    holds((await stage.application()).key, "the login gave no session key")


@TABLE.case()
async def an_end_user_logs_in_with_the_application_users_key(stage: Stage) -> None:
    watcher, application = await stage.watcher(), await stage.application()
    holds(watcher.key != application.key, "the end user has the application user's key")


@TABLE.case()
async def a_logged_out_key_is_dead(stage: Stage) -> None:
    watcher = await stage.watcher()
    await stage.dialect.log_out(watcher)
    stage.forget(watcher.name)
    await refused(stage, stage.dialect.poll(watcher, [stage.contact], rich=False), 101)


@TABLE.case()
async def an_endpoint_is_registered_renewed_and_unregistered(stage: Stage) -> None:
    application, endpoint = await stage.application(), await stage.endpoint()
    await stage.dialect.renew_endpoint(application, endpoint, HOUR)
    await stage.dialect.unregister_endpoint(application, endpoint)
    await refused(stage, stage.dialect.renew_endpoint(application, endpoint, HOUR), 132)


@TABLE.case()
async def a_subscription_is_made_and_ended(stage: Stage) -> None:
    subscription = await stage.subscription()
    await stage.dialect.unsubscribe(await stage.watcher(), subscription)
    await refused(stage, stage.fetch(subscription), 133)


@TABLE.case()
async def a_subscription_is_renewed_without_contacts(stage: Stage) -> None:
    endpoint = await stage.endpoint()
    subscription = await stage.subscription(endpoint=endpoint)
    await stage.dialect.renew_subscription(
        await stage.watcher(), subscription, SubscriptionSpec((), endpoint, HOUR)
    )
    same(len(await stage.fetch(subscription)), 2, "contacts after renewing")


@TABLE.case()
async def contacts_are_added_to_a_subscription(stage: Stage) -> None:
    person, watcher = stage.contacts
    endpoint = await stage.endpoint()
    subscription = await stage.subscription([watcher], endpoint=endpoint)
    await stage.fetch(subscription)
    await stage.dialect.renew_subscription(
        await stage.watcher(), subscription, SubscriptionSpec((person,), endpoint, HOUR)
    )
    seen = [contact.contact for contact in await stage.fetch(subscription)]
    same(seen, [person], "contacts fetched after one was added")


@TABLE.case()
async def a_subscription_is_fetched_in_basic_form(stage: Stage) -> None:
    found = await stage.fetch(await stage.subscription())
    same({each.contact for each in found}, set(stage.contacts), "contacts")
    holds(all(each.rich is None for each in found), "basic presence came with documents")


@TABLE.case()
async def a_subscription_is_fetched_in_rich_form(stage: Stage) -> None:
    found = await stage.fetch(await stage.subscription(), rich=True)
    same({each.contact for each in found}, set(stage.contacts), "contacts")
    watcher = next(each for each in found if each.contact != stage.contact)
    holds(watcher.rich, "the watcher, who is logged in, has no document")


@TABLE.case()
async def a_contact_is_polled_in_basic_form(stage: Stage) -> None:
    same((await stage.poll()).contact, stage.contact, "contact")


@TABLE.case()
async def a_contact_is_polled_in_rich_form(stage: Stage) -> None:
    contact = stage.target.contact(stage.target.watcher)
    (seen,) = await stage.dialect.poll(await stage.watcher(), [contact], rich=True)
    holds(seen.rich, "the watcher, who is logged in, has no document")


@TABLE.case(disturbs=True)
async def basic_presence_is_set(stage: Stage) -> None:
    await stage.set("AWAY", OVERRIDE)
    await stage.shows("AWAY")


@TABLE.case(disturbs=True)
async def rich_presence_is_set(stage: Stage) -> None:
    await stage.set_rich(write_pidf(stage.contact, Presence.DND, override=True), OVERRIDE)
    await stage.shows("DND")


@TABLE.case(disturbs=True)
async def rich_presence_is_set_without_override(stage: Stage) -> None:
    await stage.set_rich(write_pidf(stage.contact, Presence.AVAILABLE, override=False), DEVICE)
    await stage.shows("AVAILABLE")


async def _post(stage: Stage, path: str, body: bytes, key: str = "", expiry: int = 0) -> Answer:
    headers = {"Content-Type": "text/xml"}
    if key:
        headers["Presence-Session-Key"] = key
    if expiry:
        headers["Presence-Expiry"] = str(expiry)
    return await stage.exchange.send(Request("POST", path, headers, body))


@TABLE.case(dialects=REST_ONLY)
async def logins_answer_201_with_session_and_session_key(stage: Stage) -> None:
    body = written(element("session", element("password", text=stage.target.password)))
    path = f"/users/{stage.target.application_user}/sessions"
    application = await _post(stage, path, body)
    key = _session_key(application)
    watcher = await _post(stage, f"/users/{stage.target.watcher}/sessions", b"", key)
    _session_key(watcher)
    await stage.watcher()  # The same sessions, which are logged out in the end.


def _session_key(answer: Answer) -> str:
    same(answer.status, 201, "status")
    root = parse(answer.body)
    same(local_name(root), "session", "root element")
    key = field_anywhere(root, "sessionKey")
    holds(key, "there is no sessionKey")
    return key or ""


@TABLE.case(dialects=REST_ONLY)
async def what_is_made_is_answered_with_201_and_its_location(stage: Stage) -> None:
    application, watcher = await stage.application(), await stage.watcher()
    endpoint = await _post(
        stage,
        "/endpoints",
        written(element("endpoint", element("url", text=stage.url))),
        application.key,
        HOUR,
    )
    number = _made(endpoint, "/presence-service/endpoints/")
    contacts = element("contactsList", element("contact", contactURI=stage.contact))
    body = element(
        "subscription",
        contacts,
        element("subscriptionType", text="PRESENCE_NOTIFICATION"),
        element("endPointID", text=str(number)),
    )
    path = f"/users/{watcher.name}/subscriptions"
    subscription = await _post(stage, path, written(body), watcher.key, HOUR)
    made = _made(subscription, f"/presence-service{path}/")
    await stage.dialect.unsubscribe(watcher, made)
    await stage.dialect.unregister_endpoint(application, number)


def _made(answer: Answer, path: str) -> int:
    same(answer.status, 201, "status")
    before, found, number = (answer.location or "").partition(path)
    holds(
        found and before.startswith("http") and number.isdigit(),
        f"the Location {answer.location!r} is not http://host{path}ID",
    )
    return int(number)


@TABLE.case(dialects=REST_ONLY)
async def a_presence_list_has_its_exact_shape(stage: Stage) -> None:
    watcher = await stage.watcher()
    path = f"/users/{watcher.name}/presence/basic/contacts/{stage.contact}"
    headers = {"Presence-Session-Key": watcher.key}
    answer = await stage.exchange.send(Request("GET", path, headers))
    same(answer.status, 200, "status")
    root = parse(answer.body)
    same((root.tag, dict(root.attrib)), ("presenceList", {"type": "basic"}), "root")
    (contact,) = root
    same((contact.tag, len(contact)), ("contact", 0), "contact")
    same(contact.get("contactURI"), stage.contact, "contactURI")
    holds(contact.get("presenceStatus") in set(Presence), "presenceStatus is none of the words")


@TABLE.case(dialects=REST_ONLY)
async def an_error_has_a_blank_line_before_its_root(stage: Stage) -> None:
    path = f"/users/{stage.target.watcher}/presence/basic/contacts/{stage.contact}"
    answer = await stage.exchange.send(Request("GET", path))
    head, _, rest = answer.body.partition(b"\n")
    same(head.strip(), b'<?xml version="1.0" encoding="UTF-8"?>', "first line")
    same(rest.partition(b"\n")[0].strip(), b"", "second line")
    root = parse_description(answer.body)
    same(root.tag, "{urn:cisco:cup:presence:soap}description", "root")
    same([local_name(child) for child in root], ["code", "message", "fix"], "children")

"""Section 3: expiries in bodies, empty URLs, and contact URIs with a scheme."""

from custom_components.cisco_unified_presence.pws import contact_key
from custom_components.cisco_unified_presence.pws.exchange import Answer, Request

from .case import REST_ONLY, Table
from .elements import element, written
from .expecting import same
from .stage import HOUR, Stage

TABLE = Table(3)


async def _endpoint(
    stage: Stage, method: str, path: str, url: str, *, header: bool = False
) -> Answer:
    """Send an endpoint whose expiry stands in the header, or else in the body."""
    headers = {
        "Content-Type": "text/xml",
        "Presence-Session-Key": (await stage.application()).key,
    }
    fields = [element("url", text=url)]
    if header:
        headers["Presence-Expiry"] = str(HOUR)
    else:
        fields.append(element("expiration", text=str(HOUR)))
    body = written(element("endpoint", *fields))
    return await stage.exchange.send(Request(method, path, headers, body))


@TABLE.case(dialects=REST_ONLY)
async def the_expiry_of_an_endpoint_may_stand_in_the_body(stage: Stage) -> None:
    made = await _endpoint(stage, "POST", "/endpoints", stage.url)
    same(made.status, 201, "status")
    number = int((made.location or "0").rpartition("/")[2])
    renewed = await _endpoint(stage, "PUT", f"/endpoints/{number}", "")
    same(renewed.status // 100, 2, "class of status when renewing")
    await stage.dialect.unregister_endpoint(await stage.application(), number)


@TABLE.case(dialects=REST_ONLY)
async def an_endpoint_is_renewed_with_an_empty_url(stage: Stage) -> None:
    endpoint = await stage.endpoint()
    renewed = await _endpoint(stage, "PUT", f"/endpoints/{endpoint}", "", header=True)
    same(renewed.status // 100, 2, "class of status")


async def _with_scheme(stage: Stage, scheme: str) -> None:
    watcher, contact = await stage.watcher(), stage.target.contact(stage.target.watcher)
    (plain,) = await stage.dialect.poll(watcher, [contact], rich=False)
    (seen,) = await stage.dialect.poll(watcher, [f"{scheme}:{contact}"], rich=False)
    same(contact_key(seen.contact), contact_key(contact), "contact")
    same(seen.presence, plain.presence, "word of the watcher")


@TABLE.case()
async def a_contact_with_sip_is_the_same_person(stage: Stage) -> None:
    await _with_scheme(stage, "sip")


@TABLE.case()
async def a_contact_with_xmpp_is_the_same_person(stage: Stage) -> None:
    await _with_scheme(stage, "xmpp")

"""Section 4: the shapes of SOAP requests that the server declares, and takes or refuses."""

from custom_components.cisco_unified_presence.pws import Session
from custom_components.cisco_unified_presence.pws.exchange import Request
from custom_components.cisco_unified_presence.pws.faults import ServerFault
from custom_components.cisco_unified_presence.pws.lxml_document import (
    LxmlElement,
    parse_description,
)
from custom_components.cisco_unified_presence.pws.schema import Declaration, elements_of
from custom_components.cisco_unified_presence.pws.soap_request import Call
from custom_components.cisco_unified_presence.pws.xml import field_anywhere, local_name

from .case import SOAP_ONLY, Differs, Table
from .elements import element
from .expecting import holds, refused, same
from .pidf_texts import pidf
from .stage import HOUR, Stage

TABLE = Table(4)


async def _declared(stage: Stage, operation: str) -> Declaration:
    """Return how the server declares a request; what it does not declare cannot be compared."""
    found = (await stage.raw.language()).described.request(operation)
    if found is None:
        raise Differs(f"{operation} is not described")
    return found


def _fields(declared: Declaration) -> list[str]:
    return [each.declaration.name for each in elements_of(declared.content)]


def _inner(declared: Declaration, name: str) -> Declaration:
    for each in elements_of(declared.content):
        if each.declaration.name == name:
            return each.declaration
    raise Differs(f"there is no {name} among {_fields(declared)}")


@TABLE.case(dialects=SOAP_ONLY)
async def unsubscribe_is_declared_as_one_element_with_the_fields_in_it(stage: Stage) -> None:
    declared = await _declared(stage, "unsubscribe")
    same(_fields(declared), ["unsubscriberequest"], "fields of unsubscribe")
    inner = _fields(_inner(declared, "unsubscriberequest"))
    same(inner, ["subscriptionid", "contactslist", "unsubscribeall"], "fields inside")


@TABLE.case(dialects=SOAP_ONLY)
async def an_endpoint_is_declared_as_a_sequence_with_its_number(stage: Stage) -> None:
    declared = await _declared(stage, "registerEndPoint")
    same(_fields(declared), ["url", "endpointid", "expiration"], "fields of registerEndPoint")
    holds(not any(part.repeats for part in elements_of(declared.content)), "a field repeats")


@TABLE.case(dialects=SOAP_ONLY)
async def both_presences_are_declared_as_optional_strings(stage: Stage) -> None:
    info = _inner(await _declared(stage, "setPresence"), "presenceinfo")
    parts = {each.declaration.name: each for each in elements_of(info.content)}
    for name in "basicpresence", "richpresence":
        holds(name in parts, f"there is no {name} among {list(parts)}")
        holds(not parts[name].required, f"{name} is required")
        same(_fields(parts[name].declaration), [], f"elements in {name}")
    holds(parts.get("override") is not None and parts["override"].required, "no override needed")


@TABLE.case(dialects=SOAP_ONLY)
async def types_of_presence_are_declared_as_strings(stage: Stage) -> None:
    root = parse_description((await stage.exchange.send(Request("GET", "/soap?wsdl"))).body)
    words = {each.get("value") for each in root.iter("{*}enumeration")}
    known = {"BASIC_PRESENCE", "RICH_PRESENCE", "PRESENCE_NOTIFICATION"}
    same(sorted(known & words), [], "words that are enumerated")


async def _sent(stage: Stage, session: Session, name: str, *fields: LxmlElement) -> object:
    """Send an operation with these fields, whatever is declared."""
    return await stage.raw.send_as_written(element(name, *fields), session)


def _text(name: str, text: object) -> LxmlElement:
    return element(name, text=str(text))


@TABLE.case(dialects=SOAP_ONLY)
async def a_nested_unsubscribe_ends_the_subscription(stage: Stage) -> None:
    subscription, watcher = await stage.subscription(), await stage.watcher()
    fields = _text("subscriptionID", subscription), _text("unsubscribeAll", "true")
    await _sent(stage, watcher, "unsubscribe", element("unsubscribeRequest", *fields))
    await refused(stage, stage.fetch(subscription), 133)


@TABLE.case(dialects=SOAP_ONLY)
async def a_flat_unsubscribe_is_refused_and_ends_nothing(stage: Stage) -> None:
    subscription, watcher = await stage.subscription(), await stage.watcher()
    fields = _text("subscriptionID", subscription), _text("unsubscribeAll", "true")
    try:
        await _sent(stage, watcher, "unsubscribe", *fields)
    except ServerFault as fault:
        holds(fault.code in (102, 103, 133), f"code 102, 103 or 133 expected, but: {fault}")
    found = await stage.fetch(subscription)
    same({each.contact for each in found}, set(stage.contacts), "contacts that are still there")


@TABLE.case(dialects=SOAP_ONLY)
async def an_endpoint_with_number_0_is_a_new_one(stage: Stage) -> None:
    application = await stage.application()
    response = await stage.raw.send_as_written(
        element(
            "registerEndPoint",
            _text("url", stage.url),
            _text("endPointID", 0),
            _text("expiration", HOUR),
        ),
        application,
    )
    made = None if response is None else field_anywhere(response, "endPointID")
    holds(made not in (None, "", "0"), "there is no number of the new endpoint")
    await stage.dialect.unregister_endpoint(application, int(made or 0))


@TABLE.case(dialects=SOAP_ONLY)
async def an_endpoint_without_a_number_is_refused(stage: Stage) -> None:
    application = await stage.application()
    fields = _text("url", stage.url), _text("expiration", HOUR)
    await refused(stage, _sent(stage, application, "registerEndPoint", *fields), 102, 132)


@TABLE.case(dialects=SOAP_ONLY)
async def an_endpoint_is_renewed_with_an_empty_url_or_none(stage: Stage) -> None:
    application, endpoint = await stage.application(), await stage.endpoint()
    renewal = [_text("endPointID", endpoint), _text("expiration", HOUR)]
    await _sent(stage, application, "registerEndPoint", *renewal)
    renewal = [_text("url", ""), _text("endPointID", endpoint), _text("expiration", HOUR)]
    await _sent(stage, application, "registerEndPoint", *renewal)


async def _set(stage: Stage, kind: str, override: str, *presence: LxmlElement) -> object:
    session = await stage.person_to_set()
    info = element("presenceInfo", _text("override", override), *presence)
    fields = _text("presenceType", f"{kind}_PRESENCE"), _text("expiration", HOUR), info
    return await _sent(stage, session, "setPresence", *fields)


@TABLE.case(dialects=SOAP_ONLY, disturbs=True)
async def basic_presence_is_set_as_a_string(stage: Stage) -> None:
    await _set(stage, "BASIC", "true", _text("basicPresence", "DND"))
    await stage.shows("DND")


@TABLE.case(dialects=SOAP_ONLY, disturbs=True)
async def rich_presence_is_set_as_escaped_text(stage: Stage) -> None:
    document = pidf(stage.contact, "<dnd/>").decode()
    await _set(stage, "RICH", "true", _text("richPresence", document))
    await stage.shows("DND")


@TABLE.case(dialects=SOAP_ONLY, disturbs=True)
async def rich_presence_as_an_element_is_refused(stage: Stage) -> None:
    document = parse_description(pidf(stage.contact, "<dnd/>"))
    setting = _set(stage, "RICH", "true", element("richPresence", document))
    await refused(stage, setting, 102, 115, 120)


@TABLE.case(dialects=SOAP_ONLY)
async def a_login_needs_no_force(stage: Stage) -> None:
    target = stage.target
    fields = {"username": target.application_user, "password": target.password}
    language = await stage.raw.language()
    body = language.write(Call("login", fields), None)
    response = await stage.raw.post(body, language.headers("login"))
    holds(response is not None and local_name(response), "the login was not answered")
    await stage.application()  # The same session, which is logged out in the end.

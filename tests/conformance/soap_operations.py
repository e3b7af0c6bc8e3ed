"""Section 4: operations of SOAP alone."""

from custom_components.cisco_unified_presence.pws.dialect import SubscriptionSpec
from custom_components.cisco_unified_presence.pws.soap_request import Call
from custom_components.cisco_unified_presence.pws.xml import field_anywhere, local_name, parse

from .case import SOAP_ONLY, Table
from .expecting import holds, same
from .stage import Stage

TABLE = Table(4)


@TABLE.case(dialects=SOAP_ONLY)
async def many_contacts_are_polled_in_one_call(stage: Stage) -> None:
    found = await stage.dialect.poll(await stage.watcher(), stage.contacts, rich=False)
    same({each.contact for each in found}, set(stage.contacts), "contacts")


@TABLE.case(dialects=SOAP_ONLY)
async def single_contacts_are_unsubscribed(stage: Stage) -> None:
    person, watcher = stage.contacts
    subscription = await stage.subscription()
    await stage.dialect.remove_contacts(await stage.watcher(), subscription, [person])
    seen = [each.contact for each in await stage.fetch(subscription)]
    same(seen, [watcher], "contacts left")


@TABLE.case(dialects=SOAP_ONLY)
async def adding_contacts_with_expiry_0_is_accepted(stage: Stage) -> None:
    endpoint = await stage.endpoint()
    subscription = await stage.subscription([stage.contacts[1]], endpoint=endpoint)
    spec = SubscriptionSpec((stage.contact,), endpoint, 0)
    await stage.dialect.renew_subscription(await stage.watcher(), subscription, spec)
    seen = {each.contact for each in await stage.fetch(subscription)}
    same(seen, set(stage.contacts), "contacts")


@TABLE.case(dialects=SOAP_ONLY)
async def adding_contacts_without_expiry_is_accepted(stage: Stage) -> None:
    endpoint = await stage.endpoint()
    subscription = await stage.subscription([stage.contacts[1]], endpoint=endpoint)
    call = Call(
        "subscribe",
        {
            "subscriptionID": str(subscription),
            "subscriptionType": "PRESENCE_NOTIFICATION",
            "endPointID": str(endpoint),
            "contactsList": {"contact": [{"contactURI": stage.contact}]},
        },
    )
    language = await stage.raw.language()
    key = (await stage.watcher()).key
    await stage.raw.post(language.write(call, key), language.headers("subscribe"))
    seen = {each.contact for each in await stage.fetch(subscription)}
    same(seen, set(stage.contacts), "contacts")


@TABLE.case(dialects=SOAP_ONLY)
async def a_login_answers_success_with_a_session_key(stage: Stage) -> None:
    language = await stage.raw.language()
    fields = {
        "username": stage.target.application_user,
        "password": stage.target.password,
        "force": "false",
    }
    response = await stage.raw.post(language.write(Call("login", fields), None))
    assert response is not None
    names = {local_name(each) for each in response.iter("*")}
    holds("success" in names, "there is no success")
    holds(field_anywhere(response, "sessionKey"), "there is no session-key")
    await stage.application()  # The same session, which is logged out in the end.


@TABLE.case(dialects=SOAP_ONLY)
async def what_has_no_result_answers_status_success(stage: Stage) -> None:
    application, endpoint = await stage.application(), await stage.endpoint()
    language = await stage.raw.language()
    call = Call("unregisterEndPoint", {"endPointID": str(endpoint)})
    response = await stage.raw.post(
        language.write(call, application.key), language.headers(call.operation)
    )
    assert response is not None
    same((field_anywhere(response, "status") or "").upper(), "SUCCESS", "status")


@TABLE.case(dialects=SOAP_ONLY)
async def a_fault_has_status_200_and_code_message_and_fix(stage: Stage) -> None:
    language = await stage.raw.language()
    body = language.write(Call("logout"), None)
    headers = language.headers("logout")
    async with stage.http.post(
        f"{stage.target.server.base_url}/soap", data=body, headers=headers
    ) as answer:
        root = parse(await answer.read())
        same(answer.status, 200, "status")
    names = [local_name(each) for each in root.iter("*")]
    holds("Fault" in names, "there is no Fault")
    missing = [name for name in ("code", "message", "fix") if name not in names]
    same(missing, [], "missing in the fault's detail")

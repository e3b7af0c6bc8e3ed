"""Rule 6: expiries lie between 3600 and 86400 seconds, and count from the request."""

from functools import partial

from custom_components.cisco_unified_presence.pws.dialect import PublishOptions, SubscriptionSpec

from .case import SOAP_ONLY, Needs, Table
from .expecting import refused
from .stage import HOUR, OVERRIDE, Stage

TABLE = Table(5)

DAY = 24 * HOUR


async def _endpoint_refused(expiry: int, stage: Stage) -> None:
    await refused(stage, stage.endpoint(expiry=expiry), 131)


async def _endpoint_renewal_refused(expiry: int, stage: Stage) -> None:
    application, endpoint = await stage.application(), await stage.endpoint()
    await refused(stage, stage.dialect.renew_endpoint(application, endpoint, expiry), 131)


async def _subscription_refused(expiry: int, stage: Stage) -> None:
    await refused(stage, stage.subscription(expiry=expiry), 131)


async def _presence_refused(expiry: int, stage: Stage) -> None:
    options = PublishOptions(override=True, expiry=expiry)
    sending = stage.dialect.set_presence(await stage.watcher(), "BUSY", options)
    await refused(stage, sending, 131)


async def _endpoint_accepted(expiry: int, stage: Stage) -> None:
    await stage.endpoint(expiry=expiry)


async def _subscription_accepted(expiry: int, stage: Stage) -> None:
    await stage.subscription(expiry=expiry)


async def _presence_accepted(expiry: int, stage: Stage) -> None:
    await stage.set("AWAY", PublishOptions(override=True, expiry=expiry))


for _expiry in (0, HOUR - 1, DAY + 1):
    TABLE.add(6, f"an endpoint for {_expiry} s is refused", partial(_endpoint_refused, _expiry))
    TABLE.add(
        6,
        f"renewing an endpoint for {_expiry} s is refused",
        partial(_endpoint_renewal_refused, _expiry),
    )
    TABLE.add(
        6, f"a subscription for {_expiry} s is refused", partial(_subscription_refused, _expiry)
    )
    TABLE.add(6, f"a presence for {_expiry} s is refused", partial(_presence_refused, _expiry))
for _expiry in (HOUR, DAY):
    TABLE.add(6, f"an endpoint for {_expiry} s is accepted", partial(_endpoint_accepted, _expiry))
    TABLE.add(
        6, f"a subscription for {_expiry} s is accepted", partial(_subscription_accepted, _expiry)
    )
    TABLE.add(
        6,
        f"a presence for {_expiry} s is accepted",
        partial(_presence_accepted, _expiry),
        disturbs=True,
    )


@TABLE.case(6, needs=Needs.CLOCK)
async def an_endpoint_ends_with_its_expiry_unless_renewed(stage: Stage) -> None:
    application, endpoint = await stage.application(), await stage.endpoint()
    stage.pass_time(HOUR - 1)
    await stage.dialect.renew_endpoint(application, endpoint, HOUR)
    stage.pass_time(HOUR - 1)
    await stage.dialect.renew_endpoint(application, endpoint, HOUR)
    stage.pass_time(HOUR)
    await refused(stage, stage.dialect.renew_endpoint(application, endpoint, HOUR), 132)


@TABLE.case(6, needs=Needs.CLOCK)
async def a_subscription_ends_with_its_expiry_whatever_its_use(stage: Stage) -> None:
    subscription = await stage.subscription(endpoint=await stage.endpoint(expiry=DAY))
    stage.pass_time(HOUR - 1)
    await stage.fetch(subscription)
    stage.pass_time(1)
    await refused(stage, stage.fetch(subscription), 133)


@TABLE.case(6, needs=Needs.CLOCK)
async def a_renewed_subscription_lives_on(stage: Stage) -> None:
    endpoint = await stage.endpoint(expiry=DAY)
    subscription = await stage.subscription(endpoint=endpoint)
    stage.pass_time(HOUR - 1)
    spec = SubscriptionSpec((), endpoint, HOUR)
    await stage.dialect.renew_subscription(await stage.watcher(), subscription, spec)
    stage.pass_time(HOUR - 1)
    await stage.fetch(subscription)


@TABLE.case(6, dialects=SOAP_ONLY, needs=Needs.CLOCK)
async def adding_contacts_with_0_leaves_the_expiry(stage: Stage) -> None:
    endpoint = await stage.endpoint(expiry=DAY)
    subscription = await stage.subscription([stage.contact], endpoint=endpoint)
    stage.pass_time(HOUR - 1)
    spec = SubscriptionSpec(stage.contacts[1:], endpoint, 0)
    await stage.dialect.renew_subscription(await stage.watcher(), subscription, spec)
    await stage.fetch(subscription)
    stage.pass_time(1)
    await refused(stage, stage.fetch(subscription), 133)


@TABLE.case(6, disturbs=True, needs=Needs.CLOCK)
async def a_set_presence_falls_back_when_its_expiry_ends(stage: Stage) -> None:
    await stage.set("DND", OVERRIDE)
    stage.pass_time(HOUR - 1)
    await stage.shows("DND")
    stage.pass_time(1)
    await stage.shows("AVAILABLE")


@TABLE.case(6, disturbs=True, needs=Needs.CLOCK)
async def a_presence_set_again_lasts_longer(stage: Stage) -> None:
    await stage.set("DND", OVERRIDE)
    stage.pass_time(HOUR - 1)
    await stage.set("DND", OVERRIDE)
    stage.pass_time(HOUR - 1)
    await stage.shows("DND")

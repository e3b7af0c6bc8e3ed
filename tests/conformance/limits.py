"""Rules 16 and 17: throttling and limits."""

from functools import partial

from .case import Needs, Table
from .expecting import refused, same
from .stage import Stage
from .target import SIMULATED

TABLE = Table(5)

MOST_CONTACTS = 5000


async def _throttles(code: int, stage: Stage) -> None:
    await stage.watcher()
    await stage.control("POST", "faults", kind="throttle", code=code, count=1)
    await refused(stage, stage.poll(), code)
    same((await stage.poll()).contact, stage.contact, "contact seen after the pause")


for _code in (210, 212):
    TABLE.add(16, f"throttling with {_code} passes", partial(_throttles, _code), needs=Needs.FAULTS)


def _unknown_contacts(stage: Stage, size: int) -> list[str]:
    return [stage.target.contact(f"unknown{number}") for number in range(size)]


@TABLE.case(17, disturbs=True)
async def a_subscription_holds_5000_contacts(stage: Stage) -> None:
    found = await stage.fetch(await stage.subscription(_unknown_contacts(stage, MOST_CONTACTS)))
    same(len(found), MOST_CONTACTS, "number of contacts")


@TABLE.case(17)
async def a_subscription_does_not_hold_5001_contacts(stage: Stage) -> None:
    await refused(stage, stage.subscription(_unknown_contacts(stage, MOST_CONTACTS + 1)), 135)


@TABLE.case(17, disturbs=True, needs=Needs.LIMITS)
async def endpoints_are_limited(stage: Stage) -> None:
    for _ in range(SIMULATED.endpoint_limit or 0):
        await stage.endpoint()
    await refused(stage, stage.endpoint(), 138)


@TABLE.case(17, disturbs=True, needs=Needs.LIMITS)
async def subscriptions_are_limited(stage: Stage) -> None:
    endpoint = await stage.endpoint()
    for _ in range(SIMULATED.subscription_limit or 0):
        await stage.subscription(endpoint=endpoint)
    await refused(stage, stage.subscription(endpoint=endpoint), 139)


@TABLE.case(17, disturbs=True, needs=Needs.LIMITS)
async def what_is_cleaned_up_is_free_again(stage: Stage) -> None:
    application = await stage.application()
    made = [await stage.endpoint() for _ in range(SIMULATED.endpoint_limit or 0)]
    await stage.dialect.unregister_endpoint(application, made[0])
    await stage.endpoint()

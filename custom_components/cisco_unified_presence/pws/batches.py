"""Polling many contacts, as many in one request as the server's dialect allows."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from itertools import batched
from typing import Final

from .contact_uri import contact_key
from .errors import AnswerNotUnderstood
from .faults import BadContact, ServerFault, UnknownUser
from .model import ContactPresence, Unreadable
from .presence import Presence
from .samples import LONGEST_SAMPLE_OF_CONTACT

# So many requests are under way at once. A node counts requests per second; this leaves it room.
_REQUESTS_AT_ONCE: Final = 4

_NOT_IN_SUBSCRIPTION: Final = 144

# Answers that are not understood before polling ends, as long as none is.
_MOST_FAILURES: Final = 5

type Ask = Callable[[Sequence[str]], Awaitable[list[ContactPresence]]]
type Remove = Callable[[Sequence[str]], Awaitable[None]]


async def poll_one(ask: Ask, contact: str) -> ContactPresence:
    """Poll one contact. Raises AnswerNotUnderstood when the answer does not list it."""
    return _matched((contact,), await ask((contact,)))[contact]


async def poll_many(ask: Ask, contacts: Sequence[str], size: int) -> list[ContactPresence]:
    """Poll ``size`` contacts at a time, and return all in their order.

    Contacts that the server does not accept or does not list are UNKNOWN, and so is one alone of
    which the answer is not understood.

    Raises:
        AnswerNotUnderstood: No answer is.
    """
    seen: dict[str, ContactPresence] = {}
    failures: list[AnswerNotUnderstood] = []

    async def poll(batch: Sequence[str]) -> None:
        try:
            seen.update(await _poll_batch(ask, batch))
        except AnswerNotUnderstood as error:
            failures.append(error)
            if size > 1 or (len(failures) > _MOST_FAILURES and len(failures) > len(seen)):
                raise
            unreadable = Unreadable(error.detail, error.sample[:LONGEST_SAMPLE_OF_CONTACT])
            seen[batch[0]] = ContactPresence(batch[0], Presence.UNKNOWN, unreadable=unreadable)

    await _a_few_at_once(poll, batched(dict.fromkeys(contacts), size, strict=False))
    if failures and len(failures) == len(seen):
        raise failures[0]
    return [seen[contact] for contact in contacts]


async def _poll_batch(ask: Ask, batch: Sequence[str]) -> dict[str, ContactPresence]:
    try:
        answers = await ask(batch)
    except (BadContact, UnknownUser) as fault:
        if len(batch) == 1:
            return {batch[0]: ContactPresence(batch[0], Presence.UNKNOWN)}
        seen: dict[str, ContactPresence] = {}
        for part in _parts(batch, fault.contact):
            seen |= await _poll_batch(ask, part)
        return seen
    return _matched(batch, answers)


def _matched(
    batch: Sequence[str], answers: Sequence[ContactPresence]
) -> dict[str, ContactPresence]:
    if len(batch) == len(answers) == 1:
        # However the server spells it, if it does.
        return {batch[0]: replace(answers[0], contact=answers[0].contact or batch[0])}
    told = {contact_key(answer.contact): answer for answer in answers}
    if not any(contact_key(contact) in told for contact in batch):
        raise AnswerNotUnderstood("it does not speak of the contacts that were asked for")
    nothing = {contact: ContactPresence(contact, Presence.UNKNOWN) for contact in batch}
    return {contact: told.get(contact_key(contact), nothing[contact]) for contact in batch}


async def remove_many(remove: Remove, contacts: Sequence[str]) -> None:
    """Remove contacts from a subscription, passing over those that are not in it."""
    try:
        await remove(contacts)
    except ServerFault as fault:
        if fault.code != _NOT_IN_SUBSCRIPTION:
            raise
        for part in _parts(contacts, fault.contact) if len(contacts) > 1 else ():
            await remove_many(remove, part)


def _parts(batch: Sequence[str], culprit: str | None) -> list[Sequence[str]]:
    """Split off the contact that the server blames; halve the batch when it names none."""
    if culprit is not None and culprit in batch:
        return [[culprit], [contact for contact in batch if contact != culprit]]
    middle = len(batch) // 2
    return [batch[:middle], batch[middle:]]


async def _a_few_at_once(
    act: Callable[[Sequence[str]], Awaitable[None]], batches: Iterable[Sequence[str]]
) -> None:
    """Act for each batch; the first failure cancels the rest and is raised."""
    waiting = iter(batches)

    async def work_off() -> None:
        for batch in waiting:
            await act(batch)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(_REQUESTS_AT_ONCE):
                group.create_task(work_off())
    except ExceptionGroup as failures:
        # Callers tell failures apart by their class.
        raise _first(failures) from None


def _first(failures: Exception) -> Exception:
    while isinstance(failures, ExceptionGroup):
        failures = failures.exceptions[0]
    return failures

"""Reads request bodies of limited size."""

from aiohttp import web

from .errors import Code, PresenceServiceError


async def read_body(request: web.Request, most: int) -> bytes:
    """Return the body. Codes: 150, it is too long, ends early, or is wrongly encoded."""
    if (request.content_length or 0) > most:
        raise PresenceServiceError(Code.UNREADABLE_BODY)
    try:
        return await request.read()
    except (web.HTTPRequestEntityTooLarge, web.RequestPayloadError) as error:
        raise PresenceServiceError(Code.UNREADABLE_BODY) from error

"""The bodies of requests, of which strangers may send too much, too little or nonsense."""

from aiohttp import web

from .errors import Code, PresenceServiceError


async def read_body(request: web.Request, most: int) -> bytes:
    """Return the body, which may have so many bytes.

    Raises:
        PresenceServiceError: 150, it is longer, ends too early, or is not what its
            `Content-Encoding` says.
    """
    if (request.content_length or 0) > most:
        raise PresenceServiceError(Code.UNREADABLE_BODY)
    try:
        return await request.read()
    except (web.HTTPRequestEntityTooLarge, web.RequestPayloadError) as error:
        raise PresenceServiceError(Code.UNREADABLE_BODY) from error

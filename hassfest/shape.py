"""Whether data have the shape that a schema asks for."""

from collections.abc import Iterator

import homeassistant  # noqa: F401 (puts its own probatio in voluptuous' place)
import voluptuous as vol


def misshapen(schema: vol.Schema, data: object) -> Iterator[str]:
    """Walk through what is wrong with the data, a sentence each."""
    try:
        schema(data)
    except vol.MultipleInvalid as error:
        for each in error.errors:
            yield _sentence(each)


def _sentence(error: vol.Invalid) -> str:
    place = ".".join(str(each) for each in error.path)
    return f"{place or 'The file'}: {str(error.msg).rstrip('.?')}."

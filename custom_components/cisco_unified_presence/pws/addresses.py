"""Reading URLs that servers send."""

from yarl import URL


def read_url(text: str) -> URL:
    """Parse a URL that a server sends. Raises ValueError when it is none."""
    try:
        return URL(text)
    except IndexError as error:
        # yarl stumbles over brackets before an @ and nothing after it.
        raise ValueError("There is no host.") from error

"""Reading addresses that servers send. The one place where a stranger's text becomes a URL."""

from yarl import URL


def read_url(text: str) -> URL:
    """Return an address that a server sends.

    Raises:
        ValueError: It is none.
    """
    try:
        return URL(text)
    except IndexError as error:
        # yarl stumbles over brackets before an @ and nothing after it.
        raise ValueError("There is no host.") from error

"""What all tests of the channel share."""

import pytest


@pytest.fixture(autouse=True)
def _only_the_channel_asks(trusted_records: None) -> None:
    """Let all requests for contacts be the channel's."""

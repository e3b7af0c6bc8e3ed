"""The short form of fuzzing: a few hundred damaged documents for each target."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
import pytest

from .cases import keeping
from .damage import damaged
from .targets import Target, targets
from .watching import watched

# Reading a document of this size takes milliseconds.
DEADLINE = timedelta(seconds=2)

short = settings(
    max_examples=300,
    deadline=DEADLINE,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def inputs_of(target: Target) -> st.SearchStrategy[bytes]:
    """Return a strategy for inputs: damaged documents with choosing bytes."""
    chosen = st.binary(min_size=target.choices, max_size=target.choices)
    if target.choices_last:
        return st.tuples(damaged(target.documents), chosen).map(b"".join)
    return st.tuples(chosen, damaged(target.documents)).map(b"".join)


@pytest.mark.parametrize("name", targets())
def test_damaged_documents_are_read_or_refused(name: str) -> None:
    target = targets()[name]

    @short
    @given(inputs_of(target))
    def feed(data: bytes) -> None:
        with keeping(name, data):
            with watched() as touched:
                target.run(data)
            assert touched == []

    feed()


@pytest.mark.parametrize("name", targets())
def test_valid_documents_are_read(name: str) -> None:
    target = targets()[name]
    for document in target.documents:
        with watched() as touched:
            target.run(target.seed(document))
        assert touched == []

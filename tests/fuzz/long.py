"""One target in the long form, run by libFuzzer with coverage guidance.

Runs until libFuzzer's time is over, or until the first input that makes the target fail.
    python -m tests.fuzz.long TARGET FOLDER... [-FLAG=VALUE...]
"""

from random import Random
import sys

import atheris

# Only our modules are instrumented, no libraries.
with atheris.instrument_imports(
    include=["custom_components.cisco_unified_presence", "cup_simulator"]
):
    from .mutation import mutation_of
    from .targets import targets
from .watching import watched

# The share of inputs that libFuzzer mutates as bytes; the others are mutated as documents.
UNSTRUCTURED = 0.5


def main() -> None:
    name = sys.argv.pop(1)
    target = targets()[name]
    mutation = mutation_of(target)

    def feed(data: bytes) -> None:
        with watched() as touched:
            target.run(data)
        if touched:
            raise AssertionError(f"Reading a document touched {touched}.")

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        mutated = data if random.random() < UNSTRUCTURED else mutation(data, random)[:longest]
        return bytes(atheris.Mutate(mutated, longest)) if mutated == data else mutated

    atheris.Setup(sys.argv, feed, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""One target in the long form: libFuzzer, led by what it sees of our code.

Runs until libFuzzer's time is over, or until the first input that brings out what must not come.
    python -m tests.fuzz.long TARGET FOLDER... [-FLAG=VALUE...]
"""

from random import Random
import sys

import atheris

# What is imported in here is watched: ours, and nothing that we only use.
with atheris.instrument_imports(
    include=["custom_components.cisco_unified_presence", "cup_simulator"]
):
    from .mutation import mutation_of
    from .targets import targets
from .watching import watched

# How often the bytes are changed as libFuzzer sees fit, and otherwise as a document.
BLIND = 0.5


def main() -> None:
    """Feed the target that the command line names."""
    name = sys.argv.pop(1)
    target = targets()[name]
    mutation = mutation_of(target)

    def feed(data: bytes) -> None:
        with watched() as touched:
            target.run(data)
        if touched:
            raise AssertionError(f"A document made us touch {touched}.")

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        dice = Random(seed)
        mutated = data if dice.random() < BLIND else mutation(data, dice)[:longest]
        return bytes(atheris.Mutate(mutated, longest)) if mutated == data else mutated

    atheris.Setup(sys.argv, feed, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

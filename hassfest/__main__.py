"""Runs the checks. Started by script/hassfest."""

import argparse
from pathlib import Path
import sys

from .checks import findings_in
from .repository import Repository

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Run the command line; 1 when there is something to mend."""
    parser = argparse.ArgumentParser(prog="script/hassfest", description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=ROOT, help="the repository")
    arguments = parser.parse_args()
    found = findings_in(Repository(arguments.root))
    for each in found:
        print(each)
    if found:
        print(f"hassfest: {len(found)} to mend", file=sys.stderr)
        return 1
    print("hassfest: all is as Home Assistant wants it")
    return 0


if __name__ == "__main__":
    sys.exit(main())

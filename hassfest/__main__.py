"""Run the checks. Started by script/hassfest."""

import argparse
from pathlib import Path
import sys

from .checks import findings_in
from .repository import Repository

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Print the findings and return 1 when there is one."""
    parser = argparse.ArgumentParser(prog="script/hassfest", description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=ROOT, help="the repository")
    arguments = parser.parse_args()
    found = findings_in(Repository(arguments.root))
    for finding in found:
        print(finding)
    if found:
        print(f"hassfest: {len(found)} findings", file=sys.stderr)
        return 1
    print("hassfest: no findings")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Copies of the checkout to work in."""

from pathlib import Path
import shutil
import subprocess

GIT = shutil.which("git") or "git"


def copy_tree(checkout: Path, tree: Path) -> None:
    """Copy what git does not ignore."""
    listed = subprocess.run(  # noqa: S603 (git)
        [GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    )
    for each in filter(None, listed.stdout.split("\0")):
        if (checkout / each).is_file():
            (tree / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(checkout / each, tree / each)

"""Makes the pictures of the documentation from the screenshots of the browser tests."""

from pathlib import Path
import sys

from PIL import Image

REPOSITORY = Path(__file__).parents[1]
ARTIFACTS = REPOSITORY / "artifacts"
IMAGES = REPOSITORY / "docs" / "images"
MAX_BYTES = 200_000
COLORS = 256

# The pictures of the documentation, and their screenshots.
PICTURES = {
    "dashboard": "dashboard-light-1280",
    "dashboard-dark": "dashboard-dark-1280",
    "board-rules": "dashboard-rules",
    "board-today": "dashboard-today",
    "certificate": "certificate",
    "device": "device",
    "rule": "rule",
    "automation": "automation",
    "repair": "repair",
    "simulator": "simulator",
}


def main() -> int:
    """Write the pictures with a reduced palette; return 1 when one is too large."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    too_large = False
    for name, screenshot in PICTURES.items():
        target = IMAGES / f"{name}.png"
        picture = Image.open(ARTIFACTS / f"{screenshot}.png").convert("RGB")
        picture.quantize(COLORS, dither=Image.Dither.NONE).save(target, optimize=True)
        size = target.stat().st_size
        too_large |= size > MAX_BYTES
        print(f"{target.relative_to(REPOSITORY)}: {size / 1000:.0f} kB")
    return int(too_large)


if __name__ == "__main__":
    sys.exit(main())

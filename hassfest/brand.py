"""Brand images: the names, sizes and margins that Home Assistant asks of brands."""

from collections.abc import Iterator
from pathlib import Path

from homeassistant.components.brands.const import ALLOWED_IMAGES
from PIL import Image, UnidentifiedImageError

from .repository import Finding, Repository

REQUIRED = frozenset({"icon.png", "icon@2x.png", "logo.png", "logo@2x.png"})
ICON = 256
# Of the shorter side.
LOGO = range(128, 256 + 1)
LARGEST_BYTES = 64 * 1024
HIDPI = "@2x"


def check(repository: Repository) -> Iterator[Finding]:
    folder = repository.in_integration("brand")
    found = {file.name: file for file in repository.glob(f"{folder}/*")}
    for name in sorted(REQUIRED - found.keys()):
        yield Finding(folder / name, "This image is missing.")
    for name, file in found.items():
        if name not in ALLOWED_IMAGES:
            yield Finding(file, "Home Assistant uses no image of this name.")
            continue
        for sentence in _sentences(repository.root / file):
            yield Finding(file, sentence)


def _sentences(path: Path) -> Iterator[str]:
    if path.stat().st_size > LARGEST_BYTES:
        yield f"It is larger than {LARGEST_BYTES // 1024} KiB."
    try:
        image = Image.open(path, formats=["PNG"]).convert("RGBA")
    except UnidentifiedImageError:
        yield "This is not a PNG."
        return
    times = 2 if HIDPI in path.name else 1
    yield from _size(image, times, is_icon="icon" in path.name)
    yield from _edges(image)


def _size(image: Image.Image, times: int, *, is_icon: bool) -> Iterator[str]:
    width, height = image.size
    side = ICON * times
    if is_icon and image.size != (side, side):
        yield f"It is {width}x{height}; an icon of this name is {side}x{side}."
    if not is_icon and min(image.size) not in range(LOGO.start * times, LOGO[-1] * times + 1):
        yield (
            f"Its shorter side is {min(image.size)}; "
            f"that of a logo of this name is {LOGO.start * times} to {LOGO[-1] * times}."
        )


def _edges(image: Image.Image) -> Iterator[str]:
    left, top, right, bottom = image.getchannel("A").getbbox() or (1, 1, 0, 0)
    is_wide = (left, right) == (0, image.width)
    is_high = (top, bottom) == (0, image.height)
    if not (is_wide or is_high):
        yield "There is empty space all around; trim it."

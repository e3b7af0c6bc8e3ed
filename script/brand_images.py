"""Draws the brand images: the icon is a person with a presence dot, the logo has three of them.

The images are drawn larger than needed and scaled down, which smooths the edges. The colours suit
light and dark backgrounds, so there are no separate images for dark ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

BRAND = Path(__file__).parent.parent / "custom_components" / "cisco_unified_presence" / "brand"

SIDE = 2048
COLOURS = 128
NOTHING = (0, 0, 0, 0)

type Colour = tuple[int, int, int]

PAPER: Colour = (255, 255, 255)
INDIGO: Colour = (57, 73, 171)
TEAL: Colour = (0, 121, 134)
PLUM: Colour = (123, 63, 133)
AVAILABLE: Colour = (67, 190, 90)
BUSY: Colour = (229, 57, 53)
AWAY: Colour = (251, 176, 38)


@dataclass(frozen=True, slots=True)
class Figure:
    """A person on a disc, with a presence dot.

    Attributes:
        ground: The colour behind the person.
        dot: The colour of the presence.
    """

    ground: Colour
    dot: Colour


ONE = Figure(INDIGO, AVAILABLE)
THREE = (ONE, Figure(TEAL, AWAY), Figure(PLUM, BUSY))
# Shares of the side. Each figure covers a part of the next, with a gap between.
STEP = 0.8
GAP = 0.035
# The margin between the shoulders and the edge of the disc.
RIM = 0.05
DOT = (0.815, 0.815, 0.185)


def main() -> None:
    BRAND.mkdir(exist_ok=True)
    for name, image in images():
        image.save(BRAND / name, optimize=True)


def images() -> Iterator[tuple[str, Image.Image]]:
    """Yield the images with the file names that Home Assistant expects."""
    for name, drawing in (("icon", draw_icon()), ("logo", draw_logo())):
        for suffix, side in (("", 256), ("@2x", 512)):
            yield f"{name}{suffix}.png", _smaller(drawing, side)


def draw_icon() -> Image.Image:
    return _figure(ONE)


def draw_logo() -> Image.Image:
    step = round(SIDE * STEP)
    whole = Image.new("RGBA", (SIDE + step * (len(THREE) - 1), SIDE), NOTHING)
    for place, figure in reversed(list(enumerate(THREE))):
        left = place * step
        whole.paste(NOTHING, (left, 0), _ring_around())
        whole.alpha_composite(_figure(figure), (left, 0))
    return whole


def _ring_around() -> Image.Image:
    """Return the mask of a figure and the gap around it."""
    x, y, radius = DOT
    ground = _circle(0.5, 0.5, 0.5 + GAP, reach=GAP)
    return ImageChops.lighter(ground, _circle(x, y, radius + GAP, reach=GAP))


def _figure(figure: Figure) -> Image.Image:
    person = ImageChops.lighter(_circle(0.5, 0.35, 0.16), _circle(0.5, 0.9, 0.34))
    x, y, radius = DOT
    image = Image.new("RGBA", (SIDE, SIDE), NOTHING)
    image.paste(figure.ground, mask=_circle(0.5, 0.5, 0.5))
    image.paste(PAPER, mask=ImageChops.darker(person, _circle(0.5, 0.5, 0.5 - RIM)))
    image.paste(NOTHING, mask=_circle(x, y, radius + GAP))
    image.paste(figure.dot, mask=_circle(x, y, radius))
    return image


def _circle(x: float, y: float, radius: float, *, reach: float = 0) -> Image.Image:
    """Return a mask with a circle. All numbers are shares of the side.

    Args:
        x: The center, from the left.
        y: The center, from the top.
        radius: The radius of the circle.
        reach: How far the mask extends beyond the right side.
    """
    mask = Image.new("L", (round(SIDE * (1 + reach)), SIDE), 0)
    corner = ((x - radius) * SIDE, (y - radius) * SIDE)
    opposite = ((x + radius) * SIDE - 1, (y + radius) * SIDE - 1)
    ImageDraw.Draw(mask).ellipse((*corner, *opposite), fill=255)
    return mask


def _smaller(image: Image.Image, height: int) -> Image.Image:
    width = round(image.width * height / image.height)
    smooth = image.resize((width, height), Image.Resampling.LANCZOS)
    return smooth.quantize(COLOURS, method=Image.Quantize.FASTOCTREE)


if __name__ == "__main__":
    main()

"""The images are those that script/brand draws."""

from PIL import Image, ImageChops

from hassfest.brand import REQUIRED
from script.brand_images import BRAND, images


def test_the_images_are_those_that_are_drawn() -> None:
    drawn = dict(images())
    assert drawn.keys() == {path.name for path in BRAND.iterdir()} == REQUIRED
    for name, image in drawn.items():
        stored = Image.open(BRAND / name).convert("RGBA")
        assert (
            ImageChops.difference(stored, image.convert("RGBA")).getbbox(alpha_only=False) is None
        )

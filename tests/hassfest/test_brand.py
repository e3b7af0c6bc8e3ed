"""The check of the brand images."""

from PIL import Image

from hassfest import brand
from hassfest.repository import Repository

from .broken_copy import INTEGRATION, said


def test_images_have_their_sizes_and_names(copy: Repository) -> None:
    folder = copy.root / INTEGRATION / "brand"
    whole = Image.open(folder / "icon.png").convert("RGBA")
    whole.resize((200, 256)).save(folder / "icon.png")
    whole.resize((120, 100)).save(folder / "logo.png")
    whole.save(folder / "logo@2x.png")
    (folder / "icon@2x.png").unlink()
    (folder / "banner.png").write_bytes(b"")
    (folder / "dark_icon.png").write_bytes(b"GIF89a" + bytes(70000))
    assert {(each.file.name, each.sentence) for each in brand.check(copy)} == {
        ("icon@2x.png", "This image is missing."),
        ("banner.png", "Home Assistant uses no image of this name."),
        ("dark_icon.png", "It is larger than 64 KiB."),
        ("dark_icon.png", "This is not a PNG."),
        ("icon.png", "It is 200x256; an icon of this name is 256x256."),
        ("logo.png", "Its shorter side is 100; that of a logo of this name is 128 to 256."),
    }


def test_images_have_no_empty_edges(copy: Repository) -> None:
    folder = copy.root / INTEGRATION / "brand"
    spacious = Image.new("RGBA", (256, 256))
    spacious.paste("red", (1, 1, 255, 255))
    spacious.save(folder / "icon.png")
    Image.new("RGBA", (256, 256)).save(folder / "logo.png")
    assert said(brand.check, copy) == ["There is empty space all around; trim it."] * 2

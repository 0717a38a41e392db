"""Every pictogram has a drawing that only draws, and a name."""

from pathlib import Path

import lti_app
from modules.authoring import media
from modules.blocks.ghs import PICTOGRAMS

STATIC = Path(lti_app.__file__).parent / "web" / "static"


def test_there_are_nine_with_picture_and_name() -> None:
    assert list(PICTOGRAMS) == [f"GHS0{number}" for number in range(1, 10)]
    for pictogram in PICTOGRAMS.values():
        assert str(pictogram.name)
        assert media.problem((STATIC / pictogram.image).read_bytes(), "image/svg+xml") is None

"""The nine GHS pictograms: what each one says, in words."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Pictogram:
    """One pictogram; the picture is drawn in static/img/ghs, its name is never left out."""

    code: str
    name: LazyString | str

    @property
    def image(self) -> str:
        """Path below the static folder."""
        return f"img/ghs/{self.code}.svg"


PICTOGRAMS = {
    found.code: found
    for found in (
        Pictogram("GHS01", _l("Explosive")),
        Pictogram("GHS02", _l("Flammable")),
        Pictogram("GHS03", _l("Oxidising")),
        Pictogram("GHS04", _l("Gas under pressure")),
        Pictogram("GHS05", _l("Corrosive")),
        Pictogram("GHS06", _l("Acutely toxic")),
        Pictogram("GHS07", _l("Harmful or irritating")),
        Pictogram("GHS08", _l("Serious health hazard")),
        Pictogram("GHS09", _l("Hazardous to the environment")),
    )
}
SIGNAL_WORDS = {"danger": _l("Danger"), "warning": _l("Warning")}

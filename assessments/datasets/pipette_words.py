"""The words in the tables of the pipette data set."""

from flask_babel import lazy_gettext as _l

WORDS = {
    "conditions": _l("Conditions during the weighings"),
    "quantity": _l("Quantity"),
    "value": _l("Value"),
    "unit": _l("Unit"),
    "water_start": _l("Water temperature at the start"),
    "water_end": _l("Water temperature at the end"),
    "water_mean": _l("Water temperature, mean"),
    "pressure": _l("Air pressure"),
    "humidity": _l("Relative humidity"),
    "z_factors": _l("Z-factor of water at 1013 hPa"),
    "temperature": _l("Temperature"),
    "z": _l("Z"),
    "weighings": _l("Mass per weighing"),
    "number": _l("Weighing"),
    "limits": _l("Largest errors that are allowed"),
    "volume": _l("Volume"),
    "largest_es": _l("Systematic error, without sign"),
    "largest_sr": _l("Random error"),
}

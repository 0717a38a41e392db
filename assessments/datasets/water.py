"""From the mass of weighed water to its volume: density (Tanaka) and air buoyancy, as Z."""

from decimal import Decimal

STANDARD_PRESSURE = 1013.25
"""hPa; the pressure of the printed table."""
HUMIDITY = 50.0
"""%; moves Z by less than one unit of the seventh digit, so one value is enough."""
WEIGHTS = 8000.0
"""kg/m3; the agreed density of the weights with which balances are calibrated."""
_FOUR_DECIMALS = Decimal("0.0001")


def density_of_water(celsius: float) -> float:
    """kg/m3 of air-free water between 0 and 40 °C (Tanaka et al., Metrologia 38 (2001) 301)."""
    above = (celsius - 3.983035) ** 2 * (celsius + 301.797)
    return 999.974950 * (1 - above / (522528.9 * (celsius + 69.34881)))


def density_of_air(celsius: float, hectopascal: float, humidity: float = HUMIDITY) -> float:
    """kg/m3, by the simplified formula of ISO/TR 20461."""
    moisture = humidity * (0.00252 * celsius - 0.020582)
    return (0.34844 * hectopascal - moisture) / (celsius + 273.15)


def z_factor(celsius: float, hectopascal: float = STANDARD_PRESSURE) -> float:
    """µL of water per mg that the balance shows."""
    air = density_of_air(celsius, hectopascal)
    return 1000 / WEIGHTS * (WEIGHTS - air) / (density_of_water(celsius) - air)


def printed_z(celsius: float, hectopascal: float = STANDARD_PRESSURE) -> Decimal:
    """Z with four decimals, as tables print it."""
    return Decimal(repr(z_factor(celsius, hectopascal))).quantize(_FOUR_DECIMALS)

"""Z-factors against the published table."""

from decimal import Decimal

import pytest

from assessments.datasets import water

PUBLISHED = {20.0: "1.0029", 20.5: "1.0030", 21.0: "1.0031", 21.5: "1.0032", 22.0: "1.0033"} | {
    22.5: "1.0034",
    23.0: "1.0035",
}


@pytest.mark.parametrize(("celsius", "published"), PUBLISHED.items())
def test_the_published_table_comes_out(celsius: float, published: str) -> None:
    assert water.printed_z(celsius) == Decimal(published)


@pytest.mark.parametrize(
    ("hectopascal", "published"), [(950, "1.0032"), (1000, "1.0033"), (1050, "1.0033")]
)
def test_z_follows_the_air_pressure(hectopascal: float, published: str) -> None:
    assert water.printed_z(22.0, hectopascal) == Decimal(published)


def test_z_rises_with_pressure_and_with_temperature() -> None:
    assert water.z_factor(22, 950) < water.z_factor(22, 1000) < water.z_factor(22, 1050)
    assert water.z_factor(20) < water.z_factor(22) < water.z_factor(24)


def test_the_density_of_water_is_right_where_everybody_knows_it() -> None:
    assert water.density_of_water(3.983035) == pytest.approx(999.97495)
    assert water.density_of_water(20) == pytest.approx(998.2067, abs=1e-3)
    assert water.density_of_air(20, 1013.25) == pytest.approx(1.199, abs=2e-3)

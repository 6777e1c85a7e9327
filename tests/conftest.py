"""What every test shares: engines, and hypothesis profiles that repeat in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from lichen.engines import Engine, connect

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

SPARK_FIXTURES = {"spark", "spark_engine"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Spark, and keep it on one worker: one session serves the whole suite."""
    for item in items:
        if SPARK_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.spark)
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.xdist_group("spark"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without Java or Chromium, what needs them is skipped; CI installs both first."""
    if item.get_closest_marker("spark") and shutil.which("java") is None:
        pytest.skip("Spark needs Java: apt-get install openjdk-17-jre-headless")
    if item.get_closest_marker("browser") and shutil.which("chromium") is None:
        pytest.skip("pages need a browser: apt-get install chromium")


@pytest.fixture(scope="session")
def duckdb_engine() -> Iterator[Engine]:
    """An embedded DuckDB, shared by the suite."""
    with connect("duckdb", threads=2) as engine:
        yield engine


@pytest.fixture(scope="session")
def spark_engine() -> Iterator[Engine]:
    """The one local Spark session of the suite; starting it takes 10 to 20 seconds."""
    with connect("spark") as engine:
        yield engine


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def any_engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn: what holds on one must hold on the other."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine

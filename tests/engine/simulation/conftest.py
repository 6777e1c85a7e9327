"""One small ecosystem, simulated once."""

from __future__ import annotations

import pytest
from tests.engine.simulation.simulated_folder import Ecosystem

from lichen.simulation import Settings, simulate


@pytest.fixture(scope="session")
def ecosystem(tmp_path_factory: pytest.TempPathFactory) -> Ecosystem:
    folder = tmp_path_factory.mktemp("ecosystem")
    settings = Settings(accounts=900, months=48, seed=3, truth=True, chunk=400)
    simulate(folder, settings)
    return Ecosystem(folder, settings)

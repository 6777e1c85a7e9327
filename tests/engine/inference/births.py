"""Birth weights of smoking and other mothers: the data of Stata's manual, shipped by statsmodels.

Cattaneo (2010), Journal of Econometrics 155:138-154; 4,642 rows of cattaneo2.dta.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import statsmodels.treatment

BIRTHS = Path(statsmodels.treatment.__path__[0]) / "tests" / "results" / "cataneo2.csv"
EXPOSED = ["mmarried_", "mage", "mage2", "fbaby_", "medu"]
"""What the manual tells smoking from."""

OUTCOME = ["prenatal1_", "mmarried_", "mage", "fbaby_"]
"""What it tells the weight at birth from."""


def births(columns: list[str]) -> tuple[Any, Any, Any]:
    """Weight in grams, whether the mother smoked, and these covariates."""
    table = pd.read_csv(BIRTHS)
    return (
        table["bweight"].to_numpy(float),
        table["mbsmoke_"].to_numpy(),
        table[columns].to_numpy(float),
    )

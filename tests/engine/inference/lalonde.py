"""LaLonde's trial of a job programme, as the package causaldata ships it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from causaldata import cps_mixtape, nsw_mixtape


@cache
def trial() -> pd.DataFrame:
    """The 445 men of Dehejia and Wahba (1999), 185 of them drawn into the programme."""
    return nsw_mixtape.load_pandas().data


@cache
def with_survey() -> pd.DataFrame:
    """The 185 of the programme beside 15,992 men of the Current Population Survey."""
    everyone = trial()
    survey = cps_mixtape.load_pandas().data
    return pd.concat([everyone[everyone["treat"] == 1], survey])


def columns(data: pd.DataFrame, *names: str) -> np.ndarray:
    """Columns as a matrix of floats."""
    return np.asarray(data[list(names)].to_numpy(dtype=float))

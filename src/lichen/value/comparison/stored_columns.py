"""The columns of the tables that comparisons are kept in, with their Arrow types.

Effects and means are in the unit of the outcome (ratios as 1.0 = 100%), standardised differences
without one, shares of propensity from 0 to 1. What a comparison could not estimate is null.
"""

from __future__ import annotations

import pyarrow as pa

_TEXT, _NUMBER, _COUNT = pa.string(), pa.float64(), pa.int64()

_QUESTION: dict[str, pa.DataType] = {
    "comparison_id": _TEXT,
    "exposure": _TEXT,
    "outcome": _TEXT,
    "horizon": _COUNT,
    "estimand": _TEXT,
    "arms": _TEXT,
    "design": _TEXT,
}

COMPARISON_COLUMNS: dict[str, pa.DataType] = {
    **_QUESTION,
    "unit": _TEXT,
    "direction": _COUNT,
    "primary": pa.bool_(),
    "landmarks": pa.list_(pa.date32()),
    "exposed_mean": _NUMBER,
    "control_mean": _NUMBER,
    **{
        f"{estimator}_{part}": _COUNT if part == "n" else _NUMBER
        for estimator in ("naive", "matched", "weighted", "doubly_robust")
        for part in ("value", "low", "high", "se", "n")
    },
    "low99": _NUMBER,
    "high99": _NUMBER,
    "p": _NUMBER,
    "adjusted_p": _NUMBER,
    "disagree": pa.list_(_TEXT),
    "count_exposed": _COUNT,
    "count_matched": _COUNT,
    "count_unmatched": _COUNT,
    "count_controls": _COUNT,
    "count_pool": _COUNT,
    "count_ess": _NUMBER,
    "count_prevalent": _COUNT,
    "placebo_outcome": _TEXT,
    "placebo_value": _NUMBER,
    "placebo_low": _NUMBER,
    "placebo_high": _NUMBER,
    "placebo_n": _COUNT,
    "placebo_passes": pa.bool_(),
    "e_value_value": _NUMBER,
    "e_value_limit": _NUMBER,
    "e_value_is_approximate": pa.bool_(),
    "verdict": _TEXT,
    "reasons": pa.list_(_TEXT),
    "sentence": _TEXT,
    "findings": pa.list_(_TEXT),
}

BALANCE_COLUMNS: dict[str, pa.DataType] = {
    **_QUESTION,
    "covariate": _TEXT,
    "before": _NUMBER,
    "after": _NUMBER,
    "limit": _NUMBER,
    "variance_ratio": _NUMBER,
    "ecdf": _NUMBER,
    "passes": pa.bool_(),
}

OVERLAP_COLUMNS: dict[str, pa.DataType] = {
    **_QUESTION,
    "bin": _COUNT,
    "exposed": _NUMBER,
    "controls": _NUMBER,
    "matched": _NUMBER,
}

COUNT_COLUMNS: dict[str, pa.DataType] = {**_QUESTION, "reason": _TEXT, "count": _COUNT}

PARTNER_COLUMNS: dict[str, pa.DataType] = {
    "partner_id": _TEXT,
    "kind": _TEXT,
    "outcome": _TEXT,
    "exposed": _COUNT,
    "matched": _COUNT,
    "value": _NUMBER,
    "low": _NUMBER,
    "high": _NUMBER,
    "shrunk": _NUMBER,
    "shrunk_low": _NUMBER,
    "shrunk_high": _NUMBER,
    "adjusted_p": _NUMBER,
    "verdict": _TEXT,
}

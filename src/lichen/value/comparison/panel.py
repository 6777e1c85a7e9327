"""The accounts of one comparison as arrays: all that leaves the engine and is estimated on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NOBODY = -1


@dataclass(frozen=True, eq=False)
class Panel:
    """One row for each account and landmark: exposed in that quarter, or comparable at its end.

    `landmark` is the month index of the quarter's end T0. `stratum` codes what is matched exactly
    (landmark and segment, or ARR tercile). `partner` is the first partner of the exposed (lowest
    key on a tie), NOBODY for controls. `weight` is 1 for the exposed; for controls the inverse of
    the share that was kept by hash. `numbers` are covariates by name, NaN where not known;
    `words` are covariates by name as codes into `levels`. `outcomes` are by catalogue name, NaN
    where the account is no case of it.
    """

    account: Ints
    landmark: Ints
    exposed: Bools
    stratum: Ints
    partner: Ints
    weight: Floats
    numbers: Mapping[str, Floats]
    words: Mapping[str, Ints]
    levels: Mapping[str, tuple[str, ...]]
    outcomes: Mapping[str, Floats]
    findings: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.account)

    def take(self, rows: Ints | Bools) -> Panel:
        """The same for some of its rows."""
        return replace(
            self,
            **{
                name: getattr(self, name)[rows]
                for name in ("account", "landmark", "exposed", "stratum", "partner", "weight")
            },
            numbers={name: values[rows] for name, values in self.numbers.items()},
            words={name: values[rows] for name, values in self.words.items()},
            outcomes={name: values[rows] for name, values in self.outcomes.items()},
        )

"""How long until something ends, when some have not ended yet and some were met late.

`kaplan_meier` for one way of ending, `aalen_johansen` for several that exclude each other,
`logrank` for whether groups differ, `cox` for how much they do with other things held alike. Pure
NumPy on arrays of one value for each account (or for each row of equal accounts, with their number
as weight). Nobody is dropped: an account that has not ended is at risk for as long as it was
followed.
"""

from __future__ import annotations

from lichen.inference.survival.cox import CoxFit, cox
from lichen.inference.survival.crossing import Crossing
from lichen.inference.survival.curve import RestrictedMean, SurvivalCurve, kaplan_meier
from lichen.inference.survival.errors import UnusableTimes
from lichen.inference.survival.incidence import (
    CumulativeIncidence,
    IncidenceCurve,
    aalen_johansen,
)
from lichen.inference.survival.logrank import LogRank, logrank

__all__ = [
    "CoxFit",
    "Crossing",
    "CumulativeIncidence",
    "IncidenceCurve",
    "LogRank",
    "RestrictedMean",
    "SurvivalCurve",
    "UnusableTimes",
    "aalen_johansen",
    "cox",
    "kaplan_meier",
    "logrank",
]

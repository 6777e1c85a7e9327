"""Controls weighted until they are like the exposed: by inverse propensity, or by balance itself.

`ipw` weights by a propensity, `balanced` by the weights that `entropy_balance` finds without one.
Both give an `Estimate` with the influence of each row, an account (at a landmark).
"""

from __future__ import annotations

from lichen.inference.arm_errors import UnusableArms
from lichen.inference.weighting.entropy import Balanced, balanced, entropy_balance
from lichen.inference.weighting.inverse import ipw

__all__ = ["Balanced", "UnusableArms", "balanced", "entropy_balance", "ipw"]

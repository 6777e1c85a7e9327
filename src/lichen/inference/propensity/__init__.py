"""How likely each account was to be exposed, given what was known of it before.

`design` turns numbers with gaps and words into columns, merging and dropping in a written order;
`fit` is an unpenalised logit on them, with Firth's penalty, labelled, only under separation.
"""

from __future__ import annotations

from lichen.inference.propensity.columns import Change
from lichen.inference.propensity.design import Design, design
from lichen.inference.propensity.errors import NoPropensity
from lichen.inference.propensity.fit import PER_PARAMETER, Propensity, fit

__all__ = ["PER_PARAMETER", "Change", "Design", "NoPropensity", "Propensity", "design", "fit"]

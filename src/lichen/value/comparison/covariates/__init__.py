"""What was known of accounts before the quarter in which partners joined some of them."""

from lichen.value.comparison.covariates.at import Covariates, covariates_at

__all__ = ["Covariates", "covariates_at"]

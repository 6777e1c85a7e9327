"""The one spelling of numbers, under the name that doors use.

The functions live in `lichen.vocabulary.format`, so that scorecards, which stand below reports,
write their sentences with the same digits.
"""

from __future__ import annotations

from lichen.vocabulary.format import (
    ABSENT,
    MINUS,
    currency_symbol,
    format_absence,
    format_count,
    format_date,
    format_days,
    format_difference,
    format_figure,
    format_interval,
    format_money,
    format_money_exact,
    format_month,
    format_number,
    format_shortage,
    format_value,
    format_words,
    ratio_decimals,
)

__all__ = [
    "ABSENT",
    "MINUS",
    "currency_symbol",
    "format_absence",
    "format_count",
    "format_date",
    "format_days",
    "format_difference",
    "format_figure",
    "format_interval",
    "format_money",
    "format_money_exact",
    "format_month",
    "format_number",
    "format_shortage",
    "format_value",
    "format_words",
    "ratio_decimals",
]

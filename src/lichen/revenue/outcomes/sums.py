"""Which sums the figures of a family need, and what one account adds to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import ibis.expr.types as ir

from lichen.revenue.gather import Measures, product
from lichen.revenue.outcomes.family import Amount, Share
from lichen.revenue.publish import RatioSpec
from lichen.vocabulary.metrics import Interval, metric

Pair = tuple[str, str]


def ratio_spec(share: Share) -> RatioSpec:
    """The share with the names of the squares that its interval is made of."""
    squares = tuple(_name(pair) for pair in _pairs(share))
    x, y = share.denominator, share.numerator
    return RatioSpec(share.metric, y, x, share.count, squares, (x, y, share.kept, *squares))


def measures_of(figures: Sequence[Share | Amount]) -> Measures:
    """What one row of features adds to the sums of these figures."""
    columns = dict.fromkeys(column for figure in figures for column in _columns(figure))
    shares = [figure for figure in figures if isinstance(figure, Share)]
    pairs = dict.fromkeys(pair for share in shares for pair in _pairs(share))

    def measures(rows: ir.Table) -> Mapping[str, ir.Value]:
        plain = {column: rows[column] for column in columns}
        squared = {_name(pair): product(rows[pair[0]], rows[pair[1]]) for pair in pairs}
        return {**plain, **squared}

    return measures


def columns_of(figure: Share | Amount) -> tuple[str, str | None]:
    """The features that are numerator and denominator; an amount has no denominator."""
    if isinstance(figure, Share):
        return figure.numerator, figure.denominator
    return figure.feature, None


def _columns(figure: Share | Amount) -> Iterator[str]:
    if isinstance(figure, Share):
        yield from (figure.numerator, figure.denominator, figure.count)
        if figure.kept:
            yield figure.kept
    else:
        yield from (figure.feature, figure.count)


def _pairs(share: Share) -> list[Pair]:
    x, y = share.denominator, share.numerator
    kind = metric(share.metric).interval
    if kind in (Interval.LINEARISED, Interval.MOVED, Interval.SCORES):
        return [(x, x), _sorted(x, y), (y, y)]
    return [(x, x)] if kind in (Interval.WILSON_KISH, Interval.WILSON_ACCOUNTS) else []


def _sorted(x: str, y: str) -> Pair:
    return (x, y) if x <= y else (y, x)


def _name(pair: Pair) -> str:
    return "*".join(pair)

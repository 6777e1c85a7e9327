"""Everything known of the points of comparisons, pulled from the engine once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from lichen.engines.joins import left_join
from lichen.ledger.facts import Facts
from lichen.value.comparison.covariates import Covariates
from lichen.value.comparison.panel import Floats, Ints

KEYS = ("account_key", "landmark")
UNKNOWN = "unknown"
AFTER = "after_"


@dataclass(frozen=True, eq=False)
class Known:
    """Covariates and outcomes by point: row i is account `account[i]` at `landmark[i]`.

    Rows are in the order of landmark and account. `words` hold codes into `levels`.
    """

    account: Ints
    landmark: Ints
    numbers: Mapping[str, Floats]
    words: Mapping[str, Ints]
    levels: Mapping[str, tuple[str, ...]]
    outcomes: Mapping[str, Floats]

    @cached_property
    def _keys(self) -> Ints:
        return _packed(self.account, self.landmark)

    def rows_of(self, account: Ints, landmark: Ints) -> Ints:
        """Where these points stand; -1 for one that is not known."""
        wanted = _packed(account, landmark)
        place = np.searchsorted(self._keys, wanted)
        inside = np.minimum(place, max(len(self._keys) - 1, 0))
        found = self._keys[inside] == wanted if len(self._keys) else np.zeros(len(wanted), bool)
        return np.where(found, inside, -1).astype(np.int64)


def known_of(facts: Facts, covariates: Covariates, outcomes: ir.Table) -> Known:
    """Covariates and outcomes of every point, side by side."""
    names = [name for name in outcomes.columns if name not in KEYS]
    # Adoption and NPS are known before and come out after, under the same names.
    after = outcomes.rename({f"{AFTER}{name}": name for name in names})
    both = left_join(covariates.table, after, KEYS)
    order = [("landmark", "ascending"), ("account_key", "ascending")]
    table = facts.engine.to_arrow(both).sort_by(order)
    coded = {name: _coded(table[name]) for name in covariates.words}
    return Known(
        account=table["account_key"].to_numpy(),
        landmark=table["landmark"].to_numpy(),
        numbers=_floats(table, covariates.numbers),
        words={name: codes for name, (codes, _) in coded.items()},
        levels={name: levels for name, (_, levels) in coded.items()},
        outcomes=_floats(table, names, AFTER),
    )


def _packed(account: Ints, landmark: Ints) -> Ints:
    # Month indexes stay below 2^17, and accounts below 2^46.
    return (landmark.astype(np.int64) << np.int64(46)) | account.astype(np.int64)


def _floats(table: pa.Table, names: Sequence[str], prefix: str = "") -> dict[str, Floats]:
    return {
        name: table[f"{prefix}{name}"].cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in names
    }


def _coded(column: pa.ChunkedArray) -> tuple[Ints, tuple[str, ...]]:
    """Codes of the texts in their order; what is not known is a level of its own."""
    texts = np.array([text or UNKNOWN for text in column.unique().to_pylist()], dtype=object)
    levels = tuple(sorted(set(texts.tolist())))
    place = {level: code for code, level in enumerate(levels)}
    coded = column.combine_chunks().dictionary_encode()
    lookup = np.array([place[text or UNKNOWN] for text in coded.dictionary.to_pylist()], np.int64)
    indices = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    if not len(lookup):
        return np.zeros(len(indices), np.int64), levels
    absent = place.get(UNKNOWN, 0)
    return np.where(indices < 0, absent, lookup[np.maximum(indices, 0)]), levels

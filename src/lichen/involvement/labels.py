"""Which groups a cell counts towards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lichen.involvement.composite import Part
from lichen.vocabulary.figure import groups_text


def labels_table(
    cells: pa.ChunkedArray | pa.Array, parts: Sequence[Part], wanted: Sequence[tuple[str, ...]]
) -> pa.Table:
    """cell (int64) and groups (text), one row per cell and wanted combination of dimensions.

    An empty combination is the whole base.
    """
    numbers = np.asarray(cells.to_numpy(), dtype=np.int64)
    places = {part.name: part for part in parts}
    texts = [_texts(numbers, [places[name] for name in names]) for names in wanted]
    return pa.table(
        {
            "cell": pa.array(np.tile(numbers, len(wanted)), pa.int64()),
            "groups": pa.concat_arrays(texts) if texts else pa.array([], pa.string()),
        }
    )


def _texts(numbers: np.ndarray, parts: Sequence[Part]) -> pa.Array:
    """The groups text of each cell in these dimensions; each distinct text is written once."""
    if not parts:
        return pa.array([""] * len(numbers), pa.string())
    combined = np.zeros(len(numbers), dtype=np.int64)
    radix = 1
    for part in parts:
        combined += codes_of(numbers, part) * radix
        radix *= len(part.values)
    distinct, place = np.unique(combined, return_inverse=True)
    texts = pa.array([_text(int(number), parts) for number in distinct], pa.string())
    return texts.take(pa.array(place, pa.int64()))


def codes_of(numbers: np.ndarray, part: Part) -> np.ndarray:
    """The dimension's code in each cell."""
    return numbers // part.radix % len(part.values)


def _text(number: int, parts: Sequence[Part]) -> str:
    groups = {}
    for part in parts:
        number, code = divmod(number, len(part.values))
        groups[part.name] = part.values[code]
    return groups_text(groups)

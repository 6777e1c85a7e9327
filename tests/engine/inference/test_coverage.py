"""Intervals hold the truth about as often as they say, wherever a figure is published."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import numpy as np
import pytest
from benchmarks.coverage import (
    COMPANIES,
    PAGE,
    SCORES,
    SIGMAS,
    SIZES,
    Cell,
    Company,
    _sums,
    median_cells,
    retention_cells,
    score_cells,
)

LEAST = 0.92
OTHER_SEED = 41


def rows_of_page() -> Iterator[dict[str, str]]:
    """The rows of the simulated tables, by the names of their columns."""
    head: list[str] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or line.startswith("|---"):
            continue
        if cells[0] == "company":
            head = cells
        elif "published" in head:
            yield dict(zip(head, cells, strict=True))


def test_no_cell_of_the_page_is_below_92_percent() -> None:
    rows = list(rows_of_page())
    found = {(row["company"], row["sigma"], row["n"].replace(",", "")) for row in rows}
    assert found == {
        *((company.name, str(s), str(n)) for company in COMPANIES for s in SIGMAS for n in SIZES),
        *((name, "", str(n)) for name in SCORES for n in SIZES),
        *(("times", str(s), str(n)) for s in SIGMAS for n in SIZES),
    }
    for row in rows:
        shown = [row[name] for name in list(row)[4:] if row[name]]
        assert shown, row
        assert all(100 * LEAST <= float(share) <= 100 for share in shown), row
        # Thirty accounts of uneven size never count as thirty.
        assert ("nrr" in row and not row["nrr"]) == ("nrr" in row and row["n"] == "30"), row


def test_gross_retention_alone_is_far_above_95_percent_and_only_where_contraction_dominates() -> (
    None
):
    wide = {row["company"] for row in rows_of_page() if float(row.get("grr") or 0) > 98}
    assert wide == {"shrinking"}


@pytest.mark.slow
@pytest.mark.parametrize("cells", [retention_cells, score_cells, median_cells])
def test_other_companies_are_held_as_often(cells: object) -> None:
    found: list[Cell] = list(cells(OTHER_SEED, 1_000))  # type: ignore[operator]
    assert len([cell for cell in found if cell.coverage is not None]) >= 10
    for cell in found:
        if cell.coverage is not None:
            unsure = sqrt(LEAST * (1 - LEAST) / cell.published)
            assert cell.coverage >= LEAST - 3 * unsure, cell


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.name)
def test_the_true_rates_are_those_of_a_very_large_company(company: Company) -> None:
    sums = _sums(company, 1.0, (1, 1_000_000), np.random.default_rng(3))
    totals = {name: values[0, 0] for name, values in sums.items()}
    rates = {
        "nrr": totals["y"] / totals["x"],
        "grr": totals["kept"] / totals["x"],
        "expansion_rate": totals["z"] / totals["x"],
        "logo_retention": totals["retained"] / totals["n"],
    }
    assert company.truth == pytest.approx(rates, abs=0.005)

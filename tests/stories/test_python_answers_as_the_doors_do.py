"""Python callers get a sentence and a next step too, before anything is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import lichen
from lichen.kernel.errors import LichenError
from lichen.workspace import Workspace

Call = Callable[[Any], object]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda w: w.figures(metric=3), ("`metric`", "3 (int)", 'metric="nrr"')),
        (lambda w: w.figures(metric=["nrr", None]), ("`metric`", "(list)", "list of texts")),
        (lambda w: w.figures(metric=""), ("empty name among the metrics",)),
        (lambda w: w.figures(metric=[]), ("empty name among the metrics",)),
        (lambda w: w.figures(by=3), ("`by`", "3 (int)")),
        (lambda w: w.figures(by=["segmnt", "partnr"]), ("'segment'", "'partner'")),
        (lambda w: w.figures(window=3), ("`window`", "3 (int)", "12m")),
        (lambda w: w.figures(window="13m"), ("13m", "'12m'")),
        (lambda w: w.figures(run=3), ("`run`", "3 (int)")),
        (lambda w: w.plan(as_of=3), ("'3' is not a day", "YYYY-MM-DD")),
        (lambda w: w.plan(engine="abacus"), ("no engine named 'abacus'", "duckdb")),
        (lambda w: w.plan(engine="duckbd"), ("Did you mean 'duckdb'",)),
        (lambda w: w.plan(engine=3), ("`engine`", "3 (int)")),
        (lambda w: w.plan(windows=3), ("`windows`", "3 (int)")),
        (lambda w: w.plan(windows="13m,week"), ("'13m'", "'week'")),
        (lambda w: w.diff(3), ("`run`", "3 (int)")),
        (lambda w: w.diff("2", window="13m"), ("13m", "'12m'")),
        (lambda w: w.diff(metric="nnr"), ("'nrr'",)),
        (lambda w: w.history(3), ("`figure_id`", "3 (int)")),
        (lambda w: w.explain(3), ("`figure_id`", "3 (int)")),
        (lambda w: w.accounts(None), ("`figure_id`", "NoneType")),
        (lambda w: lichen.open(None), ("`path`", "NoneType", "lichen.open")),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_argument_is_a_sentence_with_a_next_step(
    published: Path, call: Call, words: tuple[str, ...]
) -> None:
    with pytest.raises(LichenError) as caught:
        call(lichen.open(published))
    assert caught.value.next_step
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_name_given_twice_is_one_name(published: Path) -> None:
    workspace: Workspace = lichen.open(published)
    once, twice = (workspace.figures(metric="nrr", by=by) for by in ("segment", "segment,segment"))
    assert twice.rows() == once.rows()


def test_an_empty_by_asks_for_all_accounts_together(published: Path) -> None:
    rows = lichen.open(published).figures(metric="nrr", by="", window="12m").rows()
    assert [row["groups"] for row in rows] == [""]

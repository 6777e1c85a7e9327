"""Comparisons leave for a run's tables and come back the same; as JSON they hold what is asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.value.made_comparisons import APART, COMPARED, RANKS, REFERRED, RENEWED

from lichen.value.comparison.result import (
    BalanceRow,
    Comparison,
    Counts,
    Effect,
    EValue,
    Overlap,
    PartnerRank,
    Placebo,
)
from lichen.value.comparison.stored import (
    BALANCE,
    COMPARISONS,
    COUNTS,
    KEY,
    OVERLAP,
    PARTNERS,
    TABLES,
    comparison_id,
    comparison_tables,
    stored_comparisons,
    stored_ranks,
)
from lichen.value.comparison.told import as_json, rank_as_json
from lichen.vocabulary.figure import Verdict

numbers = st.floats(allow_nan=False, width=64)
words = st.text(max_size=6)
verdicts = st.sampled_from(Verdict)
counts = st.integers(0, 2**53)
perhaps = st.none() | numbers
effects = st.builds(Effect, perhaps, perhaps, perhaps, perhaps, counts)
bins = st.lists(numbers, min_size=20, max_size=20).map(tuple)
comparisons = st.builds(
    Comparison,
    exposure=words,
    outcome=words,
    horizon=st.integers(1, 60),
    estimand=words,
    arms=words,
    design=words,
    unit=words,
    direction=st.integers(-1, 1),
    primary=st.booleans(),
    landmarks=st.lists(st.dates(date(1970, 1, 1)), max_size=3).map(tuple),
    exposed_mean=perhaps,
    control_mean=perhaps,
    naive=effects,
    matched=effects,
    weighted=effects,
    doubly_robust=effects,
    low99=perhaps,
    high99=perhaps,
    p=perhaps,
    adjusted_p=perhaps,
    disagree=st.lists(words, max_size=2).map(tuple),
    counts=st.builds(
        Counts, *[counts] * 5, numbers, counts, st.dictionaries(words, counts, max_size=3)
    ),
    balance=st.lists(
        st.builds(BalanceRow, words, perhaps, perhaps, numbers, perhaps, perhaps, st.booleans()),
        max_size=3,
    ).map(tuple),
    overlap=st.none() | st.builds(Overlap, bins, bins, bins),
    placebo=st.none() | st.builds(Placebo, words, numbers, numbers, numbers, counts, st.booleans()),
    e_value=st.none() | st.builds(EValue, numbers, numbers, st.booleans()),
    verdict=verdicts,
    reasons=st.lists(words, max_size=2).map(tuple),
    sentence=words,
    findings=st.lists(words, max_size=2).map(tuple),
)
ranks = st.builds(PartnerRank, words, words, words, counts, counts, *[perhaps] * 7, verdicts)


def question(comparison: Comparison) -> tuple[object, ...]:
    return tuple(getattr(comparison, name) for name in KEY)


@given(st.lists(comparisons, max_size=3, unique_by=question), st.lists(ranks, max_size=3))
@settings(max_examples=60, deadline=None)
def test_what_is_stored_comes_back_in_the_same_order(
    given_ones: list[Comparison], ranked: list[PartnerRank]
) -> None:
    tables = comparison_tables(given_ones, ranked)
    assert stored_comparisons(tables) == tuple(given_ones)
    assert stored_ranks(tables) == tuple(ranked)


def test_the_tables_hold_a_row_for_each_part() -> None:
    tables = comparison_tables([RENEWED, REFERRED], RANKS)
    rows = {name: table.num_rows for name, table in tables.items()}
    # Two comparisons; six covariates and twenty bins of the first; two reasons for leaving out.
    assert rows == {COMPARISONS: 2, BALANCE: 6, OVERLAP: 20, COUNTS: 2, PARTNERS: 3}
    assert tables[BALANCE]["comparison_id"].unique().to_pylist() == [comparison_id(RENEWED)]


def test_a_run_without_comparisons_says_so_with_empty_tables() -> None:
    tables = comparison_tables([], [])
    assert sorted(tables) == sorted(TABLES)
    assert stored_comparisons(tables) == () == stored_ranks(tables)
    assert stored_comparisons({}) == () == stored_ranks({})


def test_columns_are_read_by_name_whatever_else_is_there() -> None:
    tables = comparison_tables(COMPARED.comparisons, COMPARED.ranks)
    mixed = {
        name: table.select(table.column_names[::-1]).append_column(
            "later", pa.nulls(table.num_rows)
        )
        for name, table in tables.items()
    }
    assert stored_comparisons(mixed) == COMPARED.comparisons
    assert stored_ranks(mixed) == COMPARED.ranks


def test_a_column_that_an_older_run_lacks_reads_as_nothing() -> None:
    tables = comparison_tables([RENEWED], [])
    older = {**tables, COMPARISONS: tables[COMPARISONS].drop(["adjusted_p", "disagree"])}
    assert stored_comparisons(older) == (replace(RENEWED, adjusted_p=None, disagree=()),)


def test_an_id_stays_when_the_answer_changes_and_differs_when_the_question_does() -> None:
    later = replace(RENEWED, verdict=Verdict.NO_CLEAR_EFFECT, horizon=12, landmarks=())
    assert comparison_id(later) == comparison_id(RENEWED)
    others = [replace(RENEWED, horizon=24), replace(RENEWED, arms="adding"), REFERRED, APART]
    assert len({comparison_id(each) for each in (RENEWED, *others)}) == 5


def test_json_holds_what_a_reader_asks_of_one_comparison() -> None:
    told = as_json(RENEWED)
    assert {name: told[name] for name in ("exposure", "outcome", "horizon", "verdict")} == {
        "exposure": "any",
        "outcome": "renewal_rate",
        "horizon": 12,
        "verdict": "helps",
    }
    for estimator in ("naive", "matched", "weighted", "doubly_robust"):
        assert list(told[estimator]) == ["value", "low", "high", "se", "n"]
    assert told["counts"] == {
        "exposed": 118,
        "matched": 114,
        "controls": 341,
        "ess": 210.5,
        "prevalent": 31,
        "unmatched": 4,
        "pool": 1204,
        "by_reason": {"other involvement before": 27, "no arr": 3},
    }
    assert told["balance"][0]["before"] == 0.62 and told["balance"][0]["after"] == 0.04
    assert told["placebo"]["passes"] is True and told["e_value"]["value"] == 2.4
    assert told["landmarks"] == ["2024-12-31", "2025-03-31", "2025-06-30"]
    rest = {"estimand", "arms", "design", "p", "adjusted_p", "low99", "high99", "exposed_mean"}
    assert rest | {"control_mean", "disagree", "reasons", "sentence", "findings"} <= set(told)


def test_json_writes_null_for_what_is_no_number() -> None:
    apart = replace(
        RENEWED,
        p=float("nan"),
        balance=(BalanceRow("arr", 0.1, 0.0, 0.1, float("inf"), None, True),),
    )
    told = json.loads(json.dumps(as_json(apart), allow_nan=False))
    assert told["p"] is None and told["balance"][0]["variance_ratio"] is None
    assert as_json(REFERRED)["matched"] == {**dict.fromkeys(("value", "low", "high", "se")), "n": 0}


def test_a_ranked_partner_is_told_with_and_without_a_number() -> None:
    first, _, last = map(rank_as_json, RANKS)
    assert first["shrunk"] == 0.078 and first["verdict"] == "helps"
    assert last["shrunk"] is None and last["verdict"] == "not_enough_data"

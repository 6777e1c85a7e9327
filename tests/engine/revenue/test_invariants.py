"""What must hold for any ledger whatever its numbers."""

from __future__ import annotations

import random
from dataclasses import replace

from facts_from_rows import facts_from_rows, line, request, whole_base
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgers import AS_OF, Book, books

from lichen.engines import Engine
from lichen.ledger.facts import Measured
from lichen.revenue import movements, renewals, retention, tenure
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure

ANY_SIZE = Definitions.model_validate({"scorecard": {"minimum_count": 1, "minimum_effective": 1}})
FEW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
MEASURES = (retention.measure, renewals.measure, movements.measure, tenure.measure)


def _figures(book: Book, engine: Engine) -> list[Figure]:
    asked = request(book.facts(engine), [book.grouping(engine)], (), ANY_SIZE)
    return [figure for measure in MEASURES for figure in measure(asked).figures]


@FEW
@given(book=books())
def test_gross_retention_never_exceeds_one_nor_net_retention(book: Book, duckdb: Engine) -> None:
    asked = request(book.facts(duckdb), [book.grouping(duckdb)], (), ANY_SIZE)
    found = {(f.metric, f.groups, f.window_to): f for f in retention.measure(asked).figures}
    for (metric, groups, day), gross in found.items():
        if metric == "grr" and gross.value is not None:
            net = found["nrr", groups, day].value
            assert net is not None
            assert gross.value <= min(1, net)


@FEW
@given(book=books())
def test_groups_of_a_partition_conserve_arr_and_its_moves(book: Book, duckdb: Engine) -> None:
    totals: dict[tuple[object, ...], int] = {}
    parts: dict[tuple[object, ...], int] = {}
    for figure in _figures(book, duckdb):
        key = (figure.metric, figure.parameters, figure.window_from, figure.window_to)
        side = parts if figure.groups else totals
        side[key] = side.get(key, 0) + (figure.numerator or 0)
    for key, total in totals.items():
        assert parts.get(key, 0) == total, key


@FEW
@given(book=books(), seed=st.randoms())
def test_the_order_of_rows_changes_nothing(book: Book, seed: random.Random, duckdb: Engine) -> None:
    lines, renewals_due = list(book.lines), list(book.renewals)
    members = list(book.members.items())
    for rows in (lines, renewals_due, members):
        seed.shuffle(rows)
    shuffled = replace(
        book, lines=tuple(lines), renewals=tuple(renewals_due), members=dict(members)
    )
    assert _figures(shuffled, duckdb) == _figures(book, duckdb)


@FEW
@given(book=books())
def test_no_figure_is_published_twice(book: Book, duckdb: Engine) -> None:
    ids = [figure.figure_id for figure in _figures(book, duckdb)]
    assert len(ids) == len(set(ids))


@FEW
@given(book=books())
def test_net_retention_does_not_move_when_only_the_exchange_rate_moves(
    book: Book, duckdb: Engine
) -> None:
    in_euro = tuple(
        {**row, "currency": "EUR", "arr_minor": 100 * row["arr_minor"]} for row in book.lines
    )
    moving = replace(book, lines=in_euro)
    still = replace(moving, rates=dict.fromkeys(book.rates, next(iter(book.rates.values()))))
    ratios = [
        [
            (f.window_to, f.value)
            for f in retention.measure(
                request(one.facts(duckdb), [one.grouping(duckdb)], (), ANY_SIZE)
            ).figures
            if f.metric in ("nrr", "grr") and not f.groups
        ]
        for one in (moving, still)
    ]
    for (day, value), (other_day, other) in zip(*ratios, strict=True):
        assert day == other_day
        assert (value is None) == (other is None)
        # Rounding each account to the cent is all that may differ.
        if value is not None and other is not None:
            assert abs(value - other) < 0.02


@FEW
@given(book=books())
def test_reconciliations_lead_exactly_from_one_count_to_the_other(
    book: Book, duckdb: Engine
) -> None:
    asked = request(book.facts(duckdb), [book.grouping(duckdb)], (), ANY_SIZE)
    due, moved, held = (
        _lines(renewals.measure(asked), "reconciliation"),
        _lines(movements.measure(asked), "reconciliation_movements"),
        {(f.metric, f.groups): f for f in retention.measure(asked).figures if f.window_to == AS_OF},
    )
    for groups in {groups for groups, _ in due}:
        line = {name: amount for (group, name), amount in due.items() if group == groups}
        steps = ("cohort_arr", "nothing_due", "not_in_cohort", "due_above_arr", "due_below_arr")
        assert sum(line[step] for step in steps) == line["due"]
        assert line["due"] + line["undecided"] == line["renewals_base"]
        lost = (
            "cohort_lost",
            "lost_with_nothing_due",
            "lost_outside_cohort",
            "lost_more_at_renewal",
            "lost_less_at_renewal",
        )
        assert sum(line[step] for step in lost) == line["renewals_lost"]
        if ("grr", groups) in held:
            gross = held["grr", groups]
            assert line["cohort_arr"] == gross.denominator
            assert line["cohort_lost"] == gross.denominator - (gross.numerator or 0)
    for groups in {groups for groups, _ in moved}:
        gone = [v for (g, name), v in moved.items() if g == groups and name.endswith("and_back")]
        assert sum(gone) == 0


def _lines(measured: Measured, table: str) -> dict[tuple[str, str], int]:
    rows = measured.tables[table].to_pylist()
    return {(row["groups"], row["line"]): row["amount_minor"] for row in rows}


def test_facts_without_rows_give_no_figures(duckdb: Engine) -> None:
    everyone = whole_base(duckdb, [1])
    for measure in MEASURES:
        assert not measure(request(facts_from_rows(duckdb, AS_OF), [everyone])).figures


def test_a_base_too_young_for_a_cohort_says_so(duckdb: Engine) -> None:
    facts = facts_from_rows(duckdb, AS_OF, subscription=[line(1, "2024-05-01", None, 100)])
    figures = retention.measure(request(facts, [whole_base(duckdb, [1])])).figures
    assert {(f.n, f.value, f.verdict) for f in figures} == {(0, None, "not_enough_data")}

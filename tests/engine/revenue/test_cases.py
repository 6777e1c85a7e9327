"""The decided cases, each with its rows."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import pyarrow as pa
import pytest
from facts_from_rows import Row, facts_from_rows, grouping, line, month, request, whole_base
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.engines import Engine
from lichen.kernel.periods import FAR_MONTH, WindowKind, month_end, window_ending
from lichen.ledger.facts import Measured
from lichen.revenue import movements, renewals, retention
from lichen.revenue.exchange import RateMissing, convert
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure

AS_OF = date(2025, 12, 31)


def _rates(currency: str, **by_year: str) -> list[Row]:
    return [
        {"currency": currency, "on": month_end(month(f"{year[1:]}-{m:02d}")), "rate": Decimal(rate)}
        for year, rate in by_year.items()
        for m in range(1, 13)
    ]


def _one(measured: Measured, metric: str, groups: str = "", parameters: str = "") -> Figure:
    found = [
        f
        for f in measured.figures
        if (f.metric, f.groups, f.parameters, f.window_to) == (metric, groups, parameters, AS_OF)
    ]
    assert len(found) == 1
    return found[0]


def test_a_customer_in_euro_keeps_its_retention_when_only_the_euro_moves(duckdb: Engine) -> None:
    lines = [line(1, "2023-01-01", None, 100_000, "EUR"), line(2, "2023-01-01", None, 50_000)]
    for closing, booked in (("1.10", 160_000), ("1.40", 190_000)):
        facts = facts_from_rows(
            duckdb,
            AS_OF,
            subscription=lines,
            fx_rate=_rates("EUR", y2023="1.10", y2024="1.10", y2025=closing),
        )
        measured = retention.measure(request(facts, [whole_base(duckdb, [1, 2])]))
        assert _one(measured, "nrr").numerator == _one(measured, "nrr").denominator == 160_000
        assert _one(measured, "nrr_as_booked").numerator == booked


def test_the_euro_alone_moves_only_the_fx_line(duckdb: Engine) -> None:
    facts = facts_from_rows(
        duckdb,
        AS_OF,
        subscription=[line(1, "2023-01-01", None, 100_000, "EUR")],
        fx_rate=_rates("EUR", y2023="1.10", y2024="1.10", y2025="1.40"),
    )
    measured = movements.measure(request(facts, [whole_base(duckdb, [1])]))
    lines = {
        f.parameters.split(",")[0]: f.numerator
        for f in measured.figures
        if f.parameters.endswith("months=12") and f.window_to == AS_OF
    }
    assert {name: amount for name, amount in lines.items() if amount} == {
        "line=opening": 110_000,
        "line=fx": 30_000,
        "line=closing": 140_000,
    }


def test_an_old_rate_is_an_error_that_lists_currency_and_dates(duckdb: Engine) -> None:
    quotes = [row for row in _rates("EUR", y2025="1.10") if row["on"].month != 5]
    facts = facts_from_rows(
        duckdb, AS_OF, subscription=[line(1, "2025-02-01", None, 100, "EUR")], fx_rate=quotes
    )
    with pytest.raises(RateMissing, match=r"EUR on 2025-05-31\. Add rows to the fx_rate feed"):
        movements.measure(request(facts, [whole_base(duckdb, [1])]))


def test_a_rate_is_fresh_for_as_long_as_the_definition_says(duckdb: Engine) -> None:
    quotes = [{"currency": "EUR", "on": date(2025, 12, 24), "rate": Decimal("1.5")}]
    lines = [line(1, "2025-12-28", None, 100, "EUR")]
    for days, fails in ((7, False), (6, True)):
        definitions = Definitions.model_validate({"revenue": {"rate_max_age_days": days}})
        facts = facts_from_rows(duckdb, AS_OF, subscription=lines, fx_rate=quotes)
        asked = request(facts, [whole_base(duckdb, [1])], (), definitions)
        if fails:
            with pytest.raises(RateMissing):
                movements.measure(asked)
        else:
            assert _one(movements.measure(asked), "arr").numerator == 150


def test_halves_are_rounded_to_even_and_nothing_else_is_touched(duckdb: Engine) -> None:
    minor = [250, 350, 251, -250, -350, 10**15 + 1]
    rates = [Decimal("0.01")] * 5 + [Decimal("1.5")]
    table = duckdb.from_arrow(
        pa.table({"m": pa.array(minor, pa.int64()), "r": pa.array(rates, pa.decimal128(19, 12))})
    )
    found = duckdb.to_arrow(table.select(table.m, v=convert(table.m, table.r)))
    by_minor = dict(zip(found["m"].to_pylist(), found["v"].to_pylist(), strict=True))
    # 2.5 -> 2, 3.5 -> 4, 2.51 -> 3, -2.5 -> -2, -3.5 -> -4, 1500000000000001.5 -> …2
    assert by_minor == dict(zip(minor, [2, 4, 3, -2, -4, 1_500_000_000_000_002], strict=True))


def test_a_new_account_takes_the_group_it_is_in_when_it_comes(duckdb: Engine) -> None:
    members = {
        (1, 0, month("2025-12")): {"segment": "smb"},
        (1, month("2025-12"), FAR_MONTH): {"segment": "enterprise"},
    }
    facts = facts_from_rows(duckdb, AS_OF, subscription=[line(1, "2025-12-05", None, 700)])
    measured = movements.measure(request(facts, [grouping(duckdb, ("segment",), members)]))
    new = _one(measured, "arr_movement", "segment=enterprise", "line=new,months=1")
    assert (new.numerator, new.n) == (700, 1)
    assert not [f for f in measured.figures if f.groups == "segment=smb"]


def test_finding_a_partner_within_the_window_does_not_move_the_account_to_its_group(
    duckdb: Engine,
) -> None:
    members = {
        (1, 0, month("2025-03")): {"involved": "no"},
        (1, month("2025-03"), FAR_MONTH): {"involved": "yes"},
    }
    facts = facts_from_rows(duckdb, AS_OF, subscription=[line(1, "2024-01-01", None, 700)])
    measured = retention.measure(request(facts, [grouping(duckdb, ("involved",), members)]))
    assert _one(measured, "nrr", "involved=no").numerator == 700
    assert not [f for f in measured.figures if f.groups == "involved=yes"]


def test_an_account_in_two_kinds_counts_in_each_and_once_in_the_total(duckdb: Engine) -> None:
    kinds = grouping(
        duckdb,
        ("partner_kind",),
        {
            (1, 0, FAR_MONTH): {"partner_kind": "services"},
            (1, 0, FAR_MONTH - 1): {"partner_kind": "technology"},
        },
        total=False,
    )
    facts = facts_from_rows(duckdb, AS_OF, subscription=[line(1, "2024-01-01", None, 700)])
    measured = retention.measure(request(facts, [whole_base(duckdb, [1]), kinds]))
    assert _one(measured, "nrr", "partner_kind=services").denominator == 700
    assert _one(measured, "nrr", "partner_kind=technology").denominator == 700
    assert _one(measured, "nrr").denominator == 700


def test_small_bases_keep_their_counts_and_lose_their_rates(duckdb: Engine) -> None:
    # 29 equal accounts: n = 29 is enough for logos (20), n_eff = 29 not for dollars (30).
    facts = facts_from_rows(
        duckdb, AS_OF, subscription=[line(k, "2024-01-01", None, 100) for k in range(1, 30)]
    )
    measured = retention.measure(request(facts, [whole_base(duckdb, range(1, 30))]))
    net, logos = _one(measured, "nrr"), _one(measured, "logo_retention")
    assert (net.value, net.low, net.high, net.verdict) == (None, None, None, "not_enough_data")
    assert (net.n, net.numerator, net.denominator) == (29, 2900, 2900)
    assert (logos.value, logos.verdict) == (1.0, "measured")
    # Wilson at 29 of 29: 29 / (29 + 1.959964^2) = 0.883030
    assert (logos.low, logos.high) == pytest.approx((0.883030, 1.0), abs=1e-6)


def test_one_giant_account_is_said_to_dominate(duckdb: Engine) -> None:
    lines = [line(k, "2024-01-01", None, 100) for k in range(1, 40)]
    giant = line(40, "2024-01-01", None, 1000)
    facts = facts_from_rows(duckdb, AS_OF, subscription=[*lines, giant])
    measured = retention.measure(request(facts, [whole_base(duckdb, range(1, 41))]))
    # 1000 of 4900 = 20.4%
    assert "dominant_account" in _one(measured, "grr").findings
    assert [(f.code, f.count) for f in measured.findings] == [("dominant_account", 1)]


def test_figures_split_by_what_partners_do_say_they_are_not_like_for_like(duckdb: Engine) -> None:
    members = {(1, 0, FAR_MONTH): {"involved": "yes", "segment": "smb"}}
    facts = facts_from_rows(duckdb, AS_OF, subscription=[line(1, "2024-01-01", None, 700)])
    asked = request(facts, [grouping(duckdb, ("involved", "segment"), members)])
    measured = retention.measure(asked)
    assert "not_like_for_like" in _one(measured, "nrr", "involved=yes").findings
    assert "not_like_for_like" not in _one(measured, "nrr", "segment=smb").findings
    assert "not_like_for_like" not in _one(measured, "nrr").findings


def test_a_quarter_asked_for_stands_beside_the_rolling_year(duckdb: Engine) -> None:
    lines = [line(1, "2024-01-01", "2025-11-15", 700), line(2, "2025-06-01", None, 300)]
    facts = facts_from_rows(duckdb, AS_OF, subscription=lines)
    quarter = window_ending(AS_OF, WindowKind.QUARTER)
    measured = retention.measure(request(facts, [whole_base(duckdb, [1, 2])], [quarter]))
    found = {
        f.window_from: (f.numerator, f.denominator)
        for f in measured.figures
        if f.metric == "nrr" and f.window_to == AS_OF
    }
    assert found == {date(2024, 12, 31): (0, 700), date(2025, 9, 30): (300, 1000)}


def test_the_same_group_in_two_groupings_is_published_once(duckdb: Engine) -> None:
    facts = facts_from_rows(duckdb, AS_OF, subscription=[line(1, "2024-01-01", None, 700)])
    twice = [whole_base(duckdb, [1]), whole_base(duckdb, [1])]
    for measure in (retention.measure, renewals.measure, movements.measure):
        ids = [figure.figure_id for figure in measure(request(facts, twice)).figures]
        assert len(ids) == len(set(ids))


@given(
    st.lists(
        st.tuples(
            st.integers(-(10**14), 10**14) | st.integers(-(10**6), 10**6),
            st.integers(1, 10**14).map(lambda units: Decimal(units).scaleb(-12)),
        ),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=40)
def test_conversion_equals_decimal_arithmetic_to_the_last_unit(
    duckdb: Engine, amounts: list[tuple[int, Decimal]]
) -> None:
    near_a_half = [(2 * minor + 1, Decimal("0.5")) for minor, _ in amounts]
    asked = amounts + near_a_half
    table = duckdb.from_arrow(
        pa.table(
            {
                "place": pa.array(range(len(asked)), pa.int64()),
                "m": pa.array([minor for minor, _ in asked], pa.int64()),
                "r": pa.array([rate for _, rate in asked], pa.decimal128(19, 12)),
            }
        )
    )
    found = duckdb.to_arrow(table.select(table.place, v=convert(table.m, table.r)))
    by_hand = [
        int((minor * rate).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)) for minor, rate in asked
    ]
    assert found.sort_by("place")["v"].to_pylist() == by_hand

"""What must hold of a portfolio whoever serves whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from facts_from_rows import Row, facts_from_rows, line, request
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lichen import involvement
from lichen.engines import Engine
from lichen.ledger.facts import Measured, MeasureRequest
from lichen.revenue import movements
from lichen.revenue.outcomes import measure as outcomes
from lichen.revenue.portfolio import measure as portfolio
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure

AS_OF = date(2025, 12, 31)
ANY_SIZE = Definitions.model_validate({"scorecard": {"minimum_count": 1, "minimum_effective": 1}})
FEW = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
PARTNERS = 4
WHO = (("partner",), ("segment",), ("served_via",))


@dataclass(frozen=True)
class Account:
    """ARR at both ends of the year, who serves it, and whether a CSM looks after it."""

    opening: int
    closing: int
    partners: frozenset[int]
    csm: bool
    segment: str


ACCOUNTS = st.lists(
    st.builds(
        Account,
        st.integers(0, 1000),
        st.integers(0, 1000),
        st.frozensets(st.integers(1, PARTNERS), max_size=3),
        st.booleans(),
        st.sampled_from(["smb", "enterprise"]),
    ),
    min_size=1,
    max_size=8,
)

ONE_FOR_ALL = [Account(0, 500, frozenset({1}), False, "smb")] * 3
"""Everything hangs on one partner."""


def _asked(accounts: list[Account], engine: Engine) -> MeasureRequest:
    lines, serving, known = [line(99, "2024-01-01", None, 1)], [], [{"account_key": 99}]
    for key, account in enumerate(accounts):
        if account.opening:
            lines.append(line(key, "2024-01-01", "2025-07-01", account.opening))
        if account.closing:
            lines.append(line(key, "2025-07-01", None, account.closing))
        csm = "csm-1" if account.csm else None
        known.append({"account_key": key, "segment": account.segment, "csm_key": csm})
        serving += [_managed(key, partner) for partner in sorted(account.partners)]
    facts = facts_from_rows(
        engine,
        AS_OF,
        subscription=lines,
        account=[
            {"csm_key": "csm-0", "account_id": f"a{row['account_key']}", **row} for row in known
        ],
        involvement=serving or [_managed(99, 1)],
        partner=[
            {"partner_key": key, "partner_id": f"p{key}", "kinds": "services"}
            for key in range(1, PARTNERS + 1)
        ],
    )
    return request(facts, involvement.groupings(facts, ANY_SIZE, WHO), (), ANY_SIZE)


def _managed(account: int, partner: int) -> Row:
    return {
        "account_key": account,
        "partner_key": partner,
        "role": "managed",
        "starts_on": date(2025, 2, 1),
    }


def _latest(measured: Measured) -> dict[tuple[str, str, str], Figure]:
    return {
        (figure.metric, figure.groups, figure.parameters): figure
        for figure in measured.figures
        if figure.window_to == AS_OF
    }


@FEW
@given(accounts=ACCOUNTS)
@example(accounts=ONE_FOR_ALL)
def test_concentration_lies_between_equal_shares_and_all(
    accounts: list[Account], duckdb: Engine
) -> None:
    found = _latest(portfolio.measure(_asked(accounts, duckdb)))
    equal = found.get(("effective_partners", "", ""))
    if equal is None:
        return
    assert equal.value is not None
    assert equal.value * (1 + 1e-12) >= 1
    assert equal.value <= equal.n * (1 + 1e-12)
    for top in (1, 3):
        share = found.get(("partner_concentration", "", f"top={top}"))
        if share is not None:
            assert share.value is not None
            assert min(1, top / equal.n) <= share.value * (1 + 1e-12)
            assert share.value <= 1


@FEW
@given(accounts=ACCOUNTS)
@example(accounts=ONE_FOR_ALL)
def test_the_cells_of_coverage_share_out_every_account_and_all_arr(
    accounts: list[Account], duckdb: Engine
) -> None:
    asked = _asked(accounts, duckdb)
    levels = _latest(movements.measure(asked))
    rows = portfolio.measure(asked).tables["coverage"].to_pylist()
    for groups, dimension, value in (
        ("", "", ""),
        ("segment=smb", "segment", "smb"),
        ("segment=enterprise", "segment", "enterprise"),
    ):
        cells = [row for row in rows if (row["dimension"], row["value"]) == (dimension, value)]
        arr, held = levels.get(("arr", groups, "")), levels.get(("accounts", groups, ""))
        assert sum(row["arr_minor"] for row in cells) == (arr.numerator if arr else 0)
        assert sum(row["accounts"] for row in cells) == (held.numerator if held else 0)


@FEW
@given(accounts=ACCOUNTS)
def test_what_hangs_on_a_partner_is_the_level_of_its_group(
    accounts: list[Account], duckdb: Engine
) -> None:
    """The same number by another way: the bridge closes on the ARR of the partner's accounts."""
    asked = _asked(accounts, duckdb)
    levels = _latest(movements.measure(asked))
    found = _latest(portfolio.measure(asked))
    table = portfolio.measure(asked).tables["portfolio"].to_pylist()
    for row in table:
        groups = f"partner={row['partner_id']}"
        exposed = found.get(("arr_exposed", groups, ""))
        level = levels.get(("arr", groups, ""))
        assert (exposed.numerator if exposed else 0) == (level.numerator if level else 0)
        assert row["arr_minor"] == (level.numerator if level else 0)
        assert 0 <= row["sole_partner_arr_minor"] <= row["arr_minor"]
    alone = found["arr_exposed", "", "served=alone"].numerator
    assert sum(row["sole_partner_arr_minor"] for row in table) == alone


@FEW
@given(accounts=ACCOUNTS)
def test_growth_is_shared_between_new_and_existing_customers(
    accounts: list[Account], duckdb: Engine
) -> None:
    found = _latest(outcomes.measure(_asked(accounts, duckdb)))
    share = found["growth_share", "", ""]
    new, grown = found["new_arr", "", ""], found["expansion_arr", "", ""]
    assert share.value is None or 0 <= share.value <= 1
    assert share.numerator == grown.numerator
    assert share.denominator == (new.numerator or 0) + (grown.numerator or 0)

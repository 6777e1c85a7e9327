"""Lines that lie on each other, and what they do to figures of retention."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lines_and_records import accounts, found, lines

from lichen.ledger import load
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.finding import Finding, Severity

# Without another dated fact the newest day is the last start.
STACKED = ["s1 a core 2024-01-01 - 100", "s2 a core 2024-06-01 - 100", "s3 b core 2024-06-01 - 600"]


def checked(loaded, rows: Sequence[str], **revenue: float) -> dict[str, Finding]:
    definitions = Definitions.model_validate({"revenue": revenue})
    feeds = {"account.csv": accounts("ab"), "subscription.csv": lines(rows)}
    return found(loaded(feeds, definitions))


def test_overlapping_lines_have_their_share_of_arr(loaded) -> None:
    overlapping = checked(loaded, STACKED)["overlapping_lines"]
    assert (overlapping.count, overlapping.arr_share) == (2, 0.25)  # (100 + 100) / 800
    assert (overlapping.severity, overlapping.examples) == (Severity.WARNING, ("s1", "s2"))
    assert {"nrr", "arr"} <= set(overlapping.metrics)


def test_a_workspace_may_say_that_lines_add_up(loaded) -> None:
    seen = checked(loaded, STACKED, overlap_share=1)
    assert seen["overlapping_lines"].severity is Severity.NOTE


@pytest.mark.parametrize(
    "second",
    ["s2 a core 2024-02-29 - 100", "s2 a plus 2024-01-15 - 100", "s2 b core 2024-01-15 - 100",
     "s2 a core 2024-01-15 - -40", "s2 a core 2024-01-15 - 0"],
    ids=["a day in common", "another product", "another account", "a discount", "free of charge"],
)  # fmt: skip
def test_these_lines_do_not_overlap(loaded, second: str) -> None:
    assert "overlapping_lines" not in checked(
        loaded, ["s1 a core 2024-01-01 2024-03-01 100", second]
    )


def test_many_lines_at_once_are_more_than_three(loaded) -> None:
    four = [f"s{n} a core 2024-01-0{n} - 100" for n in range(1, 5)]
    three = [f"t{n} b core 2024-01-0{n} - 200" for n in range(1, 4)]
    many = checked(loaded, [*four, *three])["many_lines_at_once"]
    assert (many.count, many.examples, many.arr_share) == (1, ("a",), 0.4)
    assert "typically 4, up to 4" in many.sentence


def test_foreign_lines_weigh_by_the_latest_rate(loaded) -> None:
    euros = lines(STACKED[:2], "EUR") + lines(STACKED[2:]).partition("\n")[2]
    feeds = {"account.csv": accounts("ab"), "subscription.csv": euros}
    assert found(loaded(feeds))["overlapping_lines"].arr_share is None
    rates = "currency,on,rate\nEUR,2023-01-01,9\nEUR,2024-05-31,1.5\nEUR,2024-07-01,9\n"
    seen = found(loaded({**feeds, "fx_rate.csv": rates}))["overlapping_lines"]
    assert seen.arr_share == pytest.approx(300 / 900)


SPANS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from(["core", "plus"]),
        st.integers(0, 90),
        st.one_of(st.none(), st.integers(1, 60)),
    ),
    min_size=1,
    max_size=8,
)


@given(SPANS, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_every_pair_is_found_and_the_order_of_rows_says_nothing(spans, random) -> None:
    first = date(2024, 1, 1)
    dated = [
        (account, product, first + timedelta(start), first + timedelta(start + (length or 9_999)))
        for account, product, start, length in spans
    ]
    rows = [
        f"s{place} {account} {product} {starts} {ends} 10"
        for place, (account, product, starts, ends) in enumerate(dated)
    ]
    seen = _of_rows(rows)
    assert _of_rows(random.sample(rows, len(rows))) == seen
    overlapping = seen.get("overlapping_lines")
    assert (overlapping.count if overlapping else 0) == len(_overlapping(dated))
    back = seen.get("gone_and_back")
    assert (back.count if back else 0) == _returns(dated)


def _of_rows(rows: Sequence[str]) -> dict[str, Finding]:
    with tempfile.TemporaryDirectory() as folder:
        feeds = Path(folder) / "feeds"
        feeds.mkdir()
        (feeds / "account.csv").write_text(accounts("ab"))
        (feeds / "subscription.csv").write_text(lines(rows))
        return found(load(Path(folder), Definitions()))


Span = tuple[str, str, date, date]


def _overlapping(lines_: Sequence[Span]) -> set[int]:
    """Places of lines that have more than a day in common with another, pair by pair."""
    return {
        place
        for place, (account, product, starts, ends) in enumerate(lines_)
        for other, (account_, product_, starts_, ends_) in enumerate(lines_)
        if place != other
        and (account, product) == (account_, product_)
        and (min(ends, ends_) - max(starts, starts_)).days > 1
    }


def _returns(lines_: Sequence[Span]) -> int:
    """Times a product comes back more than 30 days after all that an account had of it."""
    count = 0
    for key in {line[:2] for line in lines_}:
        reached = None
        held = [line[2:] for line in lines_ if line[:2] == key and (line[3] - line[2]).days > 1]
        for starts, ends in sorted(held):
            count += reached is not None and (starts - reached).days > 30
            reached = max(reached or ends, ends)
    return count

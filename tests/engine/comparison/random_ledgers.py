"""Small ledgers drawn at random, written as feeds and loaded as a user would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from lichen.kernel.periods import month_end, month_index
from lichen.ledger import Ledger, load
from lichen.vocabulary.definitions import Definitions, Revenue, Workspace

FIRST, LAST = date(2023, 1, 1), date(2024, 12, 31)
ACCOUNTS = tuple(f"a{place}" for place in range(1, 9))
SEGMENTS = ("smb", "mid_market", "enterprise")
# Without grace, so that no later line carries an earlier one on.
WORDS = Definitions(
    workspace=Workspace(as_of=LAST, fixed=("segment",)), revenue=Revenue(grace_days=0)
)

Rows = dict[str, list[dict[str, Any]]]


def some_rows(seed: int) -> Rows:
    """Feeds of eight accounts over two years; four of the feeds say when a row was recorded."""
    draw = Random(seed)

    def on() -> date:
        return FIRST + timedelta(days=draw.randrange((LAST - FIRST).days))

    def recorded(happened: date) -> str:
        late = draw.choice([None, 0, 0, 20, 200])
        return "" if late is None else str(min(LAST, happened + timedelta(days=late)))

    return {
        "account": [
            {"account_id": name, "name": name, "segment": draw.choice(SEGMENTS),
             "recorded_at": draw.choice(["", "", "2023-01-01", str(on())])}
            for name in ACCOUNTS
        ],
        "attribute_change": [
            {"entity": "account", "id": draw.choice(ACCOUNTS), "attribute": "segment",
             "value": draw.choice(SEGMENTS), "from_on": (day := on()), "recorded_at": recorded(day)}
            for _ in range(12)
        ],
        "subscription": [
            {"subscription_id": f"s{place}", "account_id": draw.choice(ACCOUNTS),
             "product": f"p{place}", "starts_on": (day := on()),
             "ends_on": draw.choice(["", day + timedelta(days=draw.randrange(1, 500))]),
             "arr_amount": draw.randrange(1, 900), "currency": draw.choice(["USD", "USD", "EUR"]),
             "seats": draw.choice(["", draw.randrange(1, 90)]),
             "term_months": draw.choice(["", 1, 12, 36]), "recorded_at": recorded(day)}
            for place in range(24)
        ],
        "renewal": [
            {"renewal_id": f"r{place}", "account_id": draw.choice(ACCOUNTS), "due_on": on(),
             "due_amount": 10, "outcome": draw.choice(["renewed", "renewed", "churned"]),
             "decided_on": draw.choice(["", on()])}
            for place in range(24)
        ],
        "usage": [
            {"account_id": name, "month": f"{day:%Y-%m}", "product": product, "feature": feature,
             "active_users": draw.choice(["", draw.randrange(9)]), "seats": draw.choice([0, 10])}
            for name, day, product, feature in {
                (draw.choice(ACCOUNTS), month_end(month_index(on())), draw.choice("pq"),
                 draw.choice(["", "f", "g"]))
                for _ in range(200)
            }
        ],
        "ticket": [
            {"ticket_id": f"t{place}", "account_id": draw.choice(ACCOUNTS), "opened_at": on()}
            for place in range(60)
        ],
        "survey": [
            {"survey_id": f"v{place}", "account_id": draw.choice(ACCOUNTS),
             "responded_on": (day := on()), "kind": draw.choice(["nps", "nps", "csat"]),
             "score": draw.randrange(11), "recorded_at": recorded(day)}
            for place in range(40)
        ],
        "fx_rate": [
            {"currency": "EUR", "on": month_end(month), "rate": draw.choice(["1.1", "1.25"])}
            for month in range(month_index(FIRST) - 24, month_index(LAST) + 1)
        ],
    }  # fmt: skip


HAPPENED: Mapping[str, str] = {
    "attribute_change": "from_on",
    "subscription": "starts_on",
    "usage": "month",
    "ticket": "opened_at",
    "survey": "responded_on",
}


def told_by(rows: Rows, day: date) -> Rows:
    """The feeds as exported on a day: what came later is not in them, nor ends that lie ahead."""

    def there(entity: str, row: Mapping[str, Any]) -> bool:
        happened = row[HAPPENED[entity]]
        if entity == "usage":
            return bool(str(happened) <= f"{day:%Y-%m}")
        return bool(happened <= day)

    kept = {
        entity: [dict(row) for row in listed if entity not in HAPPENED or there(entity, row)]
        for entity, listed in rows.items()
    }
    for line in kept["subscription"]:
        line["ends_on"] = line["ends_on"] if line["ends_on"] and line["ends_on"] <= day else ""
    for renewal in kept["renewal"]:
        if (renewal["decided_on"] or renewal["due_on"]) > day:
            renewal["outcome"], renewal["decided_on"] = "pending", ""
    return kept


def ledger_of(make_folder: Callable[[str], Path], rows: Mapping[str, Iterable[Any]]) -> Ledger:
    """The rows written as CSV feeds and loaded."""
    root = make_folder("ledger")
    (root / "feeds").mkdir()
    for entity, listed in rows.items():
        each = list(listed)
        text = "\n".join(
            [",".join(each[0]), *(",".join(str(cell) for cell in row.values()) for row in each)]
        )
        (root / "feeds" / f"{entity}.csv").write_text(text + "\n")
    return load(root, WORDS)

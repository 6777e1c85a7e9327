"""Facts from a few rows shown in a test, in the shape that the ledger gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from lichen.engines import Engine
from lichen.kernel.periods import FAR_MONTH, Window, month_index
from lichen.kernel.progress import silent
from lichen.ledger.facts import Facts, MeasureRequest
from lichen.ledger.schema import key_name, ledger_schema
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.figure import groups_text
from lichen.vocabulary.grouping import Grouping

Row = Mapping[str, Any]


def ledger_table(entity: str, rows: Iterable[Row]) -> pa.Table:
    """Rows as the ledger's table of an entity; columns left out are null.

    Raises:
        KeyError: a row names a column that the ledger does not have.
    """
    schema = ledger_schema(ENTITIES[entity])
    listed = list(rows)
    unknown = {name for row in listed for name in row} - set(schema.names)
    if unknown:
        raise KeyError(f"{entity} has no {sorted(unknown)}")
    columns = {
        field.name: pa.array([row.get(field.name) for row in listed], field.type)
        for field in schema
    }
    return pa.table(columns, schema=schema)


def facts_from_rows(engine: Engine, as_of: date, **entities: Sequence[Row]) -> Facts:
    """Facts as of a day; accounts that only lines speak of are added as `a<key>`."""
    rows = {name: list(listed) for name, listed in entities.items()}
    known = {row["account_key"] for row in rows.get("account", ())}
    spoken = {
        row["account_key"] for name in ("subscription", "renewal") for row in rows.get(name, ())
    }
    rows["account"] = [
        *rows.get("account", ()),
        *(
            {"account_key": key, "account_id": f"a{key}", "name": f"Account {key}"}
            for key in sorted(spoken - known)
        ),
    ]
    tables = {name: ledger_table(name, listed) for name, listed in rows.items()}
    mapped = {name: _mapped(name, table) for name, table in tables.items()}
    expressions = {name: engine.from_arrow(table) for name, table in tables.items()}
    return Facts(as_of, engine, expressions, mapped)


def _mapped(entity: str, table: pa.Table) -> frozenset[str]:
    given = {name for name in table.schema.names if table[name].null_count < table.num_rows}
    return frozenset(
        column.name
        for column in ENTITIES[entity].columns
        if {column.ledger_name, key_name(column)} & given
    )


def line(account: int, starts: str, ends: str | None, arr: int, currency: str = "USD") -> Row:
    """One subscription line; `arr` in minor units."""
    return {
        "subscription_id": f"s{account}-{starts}-{arr}-{currency}",
        "account_key": account,
        "starts_on": date.fromisoformat(starts),
        "ends_on": date.fromisoformat(ends) if ends else None,
        "arr_minor": arr,
        "currency": currency,
    }


def renewal(
    account: int,
    due: str,
    due_minor: int,
    outcome: str,
    renewed_minor: int | None = None,
    currency: str = "USD",
) -> Row:
    """One renewal; amounts in minor units."""
    return {
        "renewal_id": f"r{account}-{due}-{due_minor}",
        "account_key": account,
        "due_on": date.fromisoformat(due),
        "due_minor": due_minor,
        "renewed_minor": renewed_minor,
        "outcome": outcome,
        "currency": currency,
    }


def whole_base(engine: Engine, accounts: Iterable[int]) -> Grouping:
    """Every account in one cell, which is the whole base."""
    return grouping(engine, (), {(key, 0, FAR_MONTH): {} for key in accounts})


def grouping(
    engine: Engine,
    dimensions: tuple[str, ...],
    memberships: Mapping[tuple[int, int, int], Mapping[str, str]],
    *,
    total: bool = True,
    name: str = "by hand",
) -> Grouping:
    """A grouping by hand: (account, from_month, to_month) -> value by dimension.

    Each combination of values is a cell, labelled with each of its dimensions alone, and, if
    `total`, with the whole base.
    """
    combinations = sorted({groups_text(values) for values in memberships.values()})
    number = {text: index for index, text in enumerate(combinations)}
    cells = [
        (key, number[groups_text(values)], since, until)
        for (key, since, until), values in memberships.items()
    ]
    labels = {
        (number[groups_text(values)], groups_text({dimension: value}))
        for values in memberships.values()
        for dimension, value in values.items()
    }
    if total:
        labels |= {(index, "") for index in number.values()}
    dated = any((since, until) != (0, FAR_MONTH) for _, _, since, until in cells)
    return Grouping(
        name,
        dimensions,
        engine.from_arrow(_integers(("account_key", "cell", "from_month", "to_month"), cells)),
        engine.from_arrow(
            pa.table(
                {
                    "cell": pa.array([cell for cell, _ in sorted(labels)], pa.int64()),
                    "groups": pa.array([text for _, text in sorted(labels)], pa.string()),
                }
            )
        ),
        dated,
    )


def _integers(names: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> pa.Table:
    return pa.table(
        {name: pa.array([row[k] for row in rows], pa.int64()) for k, name in enumerate(names)}
    )


def request(
    facts: Facts,
    groupings: Sequence[Grouping],
    windows: Sequence[Window] = (),
    definitions: Definitions | None = None,
) -> MeasureRequest:
    """What a measure is given."""
    return MeasureRequest(
        facts, definitions or Definitions(), groupings, windows, "test-run", silent
    )


def month(text: str) -> int:
    """The month index of `YYYY-MM`."""
    return month_index(date.fromisoformat(f"{text}-01"))

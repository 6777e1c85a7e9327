"""What the filters of a map and the declarations of its tables mean."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.kernel.errors import did_you_mean
from lichen.ledger.mapping.errors import error
from lichen.ledger.mapping.meaning import Draft
from lichen.vocabulary.problems import KeyPath, Problem

SELECT_RULE = "select"
"""Under this name rows are counted that a SELECT leaves out."""

CONTRACT_RULE = "contract: "
"""Begins the names of the rules that a table's contract makes."""


def filters_ask_one_thing(draft: Draft) -> Iterator[Problem]:
    """Every filter has one condition, on one column or in SQL, and a name of its own."""
    for place, row in draft.rows():
        for name, rule in row.where.items():
            key: KeyPath = ("map", place, "where", name)
            if name == SELECT_RULE or name.startswith(CONTRACT_RULE):
                yield error(key, f"'{name}' is a name that Lichen gives.", "Choose another.")
            if not draft.as_written(*key):
                continue
            asked = rule.conditions
            if len(asked) != 1:
                found = " and ".join(f"`{way}`" for way in asked) or "nothing"
                yield error(
                    key, f"asks {found}.", "Ask one thing: `in`, `not_in`, `filled` or `sql`."
                )
            elif asked != ("sql",) and rule.column is None:
                yield error(key, "names no `column`.", "Name the raw column it looks at.")
            elif asked == ("sql",) and rule.column is not None:
                yield error((*key, "column"), "stands beside `sql`.", "Remove it.")


def contracts_have_something_to_hold(draft: Draft) -> Iterator[Problem]:
    """Columns and types are only held to what is declared of them."""
    for name, spec in draft.mapping.tables.items():
        if not draft.as_written("tables", name, "columns"):
            continue
        for part in ("columns", "types"):
            mode = getattr(spec.contract, part)
            if mode != "evolve" and not spec.columns:
                yield error(
                    ("tables", name, "contract", part),
                    f'is "{mode}", but no `columns` are declared to hold it to.',
                    'Declare them: columns = { id = "text" }.',
                )


def needed_columns_are_named(draft: Draft) -> Iterator[Problem]:
    """What a table needs is called by the names that this file gives to its columns."""
    for name, spec in draft.mapping.tables.items():
        for needed in spec.needs:
            if spec.names and needed not in spec.names:
                yield error(
                    ("tables", name, "needs"),
                    f"'{needed}' is not among its `names`.",
                    did_you_mean(needed, spec.names),
                )

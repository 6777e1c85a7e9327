"""The ledger written out again as canonical feeds: what went in, checked, under canonical ids.

Parquet, so that no cell changes on its way through text and no spreadsheet runs one as a formula.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from lichen.engines.embedded import Embedded
from lichen.engines.text import literal, quoted, read_rows
from lichen.kernel.errors import LichenError
from lichen.ledger.contracts import declare_lists, digits_sql
from lichen.ledger.ledger import Ledger
from lichen.ledger.schema import key_name
from lichen.ledger.write import id_column
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES, Column, Entity, Kind

MAJOR = (
    "CAST(CASE {digits} WHEN 0 THEN 1 WHEN 2 THEN 0.01 WHEN 3 THEN 0.001 ELSE 0.0001 END "
    "AS DECIMAL(5, 4))"
)
"""What one minor unit is worth, exactly."""


class FolderInUse(LichenError):
    """Feeds would be written beside others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder} is not empty, and feeds written there would mix with what it holds.",
            "Name a folder that does not exist yet.",
        )


def write_feeds(ledger: Ledger, folder: Path, definitions: Definitions) -> dict[str, int]:
    """Write every entity of the ledger to `folder` as <entity>.parquet; returns rows by entity.

    Only columns that were provided are written. Read back under the same definitions (without
    `inclusive_end`, which has been applied) these feeds give the same tables.

    Raises:
        FolderInUse: the folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, Embedded(Path(scratch)) as session:
        declare_lists(session)
        return {
            name: session.copy(
                _feed(ledger, ENTITIES[name], definitions), folder / f"{name}.parquet"
            )
            for name in ledger.mapped
        }


def _feed(ledger: Ledger, entity: Entity, definitions: Definitions) -> str:
    provided = ledger.mapped[entity.name]
    columns = [column for column in entity.columns if column.name in provided]
    own = literal(definitions.workspace.currency)
    digits = digits_sql(f"coalesce(m.currency, {own})" if "currency" in provided else own)
    joins, parts = "", []
    for column in columns:
        if column.required and key_name(column):
            target = str(column.references)
            alias = quoted(f"of_{column.name}")
            key = quoted(str(key_name(column)))
            joins += (
                f" JOIN {read_rows(ledger.table_path(target))} {alias} "
                f"ON {alias}.{quoted(target + '_key')} = m.{key}"
            )
            value = f"{alias}.{quoted(id_column(target))}"
        else:
            value = _value(column, digits)
        parts.append(f"{value} AS {quoted(column.name)}")
    return f"SELECT {', '.join(parts)} FROM {read_rows(ledger.table_path(entity.name))} m{joins}"


def _value(column: Column, digits: str) -> str:
    name = f"m.{quoted(column.ledger_name)}"
    if column.kind is Kind.AMOUNT:
        return f"CAST({name} AS DECIMAL(20, 0)) * {MAJOR.format(digits=digits)}"
    return name

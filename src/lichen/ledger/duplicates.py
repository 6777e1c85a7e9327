"""Rows with the same key: copies are counted once, contradictions are all put aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted
from lichen.ledger import quarantine
from lichen.ledger.arrived import Arrived
from lichen.ledger.mapped import clean, dropped
from lichen.vocabulary.entities import Entity

EXPECTED = "one record per key, or feeds.{entity}.keep_latest_by in lichen.toml"
EXAMPLES = 5
STEP = "Remove the wrong record at the source, or declare keep_latest_by, and load again."


@dataclass(frozen=True)
class KeyCheck:
    """What sharing a key led to.

    Of the duplicates `superseded` lost to a later row, and `less_trusted`, which say something
    else, to a row of a source that is believed first; `places` are the first of these.
    """

    duplicates: int = 0
    superseded: int = 0
    less_trusted: int = 0
    places: Sequence[tuple[int, int]] = ()
    conflicts: Sequence[tuple[int, quarantine.Row]] = ()


def resolve_keys(
    session: Embedded, entity: Entity, arrived: Sequence[Arrived], keep_latest_by: str | None
) -> KeyCheck:
    """Drop copies and contradictions from the entity's rows.

    Same key and content: one stays. Other content: the row with the latest `keep_latest_by` stays
    where that is declared and one content has it (an empty value is the earliest). Of these, or of
    all, the rows of the source that is believed first stand; where they differ among themselves,
    all go. `arrived` are by place. Conflicts come back as (place, quarantine row).
    """
    key = ", ".join(quoted(name) for name in entity.key)
    rows, keys = session.row(
        f"SELECT count(*), count(DISTINCT hash({key})) FROM {clean(entity.name)}"
    )
    if rows == keys:
        # As many distinct hashes as rows proves that no two keys are equal.
        return KeyCheck()
    _judge(session, entity, keep_latest_by, [one.rank for one in arrived])
    session.run(
        f"INSERT INTO {dropped(entity.name)} SELECT file, record FROM judged WHERE fate <> 'kept'"
    )
    duplicates, superseded, less_trusted = session.row(
        "SELECT count(*) FILTER (fate <> 'conflict' AND fate <> 'kept'), "
        "count(*) FILTER (fate = 'superseded'), count(*) FILTER (fate = 'less_trusted') FROM judged"
    )
    places = session.rows(
        f"SELECT file, record FROM judged WHERE fate = 'less_trusted' ORDER BY ALL LIMIT {EXAMPLES}"
    )
    conflicts = session.rows(
        "SELECT file, record, shown, other_file, other_record FROM judged "
        "WHERE fate = 'conflict' ORDER BY file, record"
    )
    session.run("DROP TABLE judged")
    told = [_conflict(entity, arrived, *conflict) for conflict in conflicts]
    return KeyCheck(duplicates, superseded, less_trusted, places, told)


def _judge(
    session: Embedded, entity: Entity, keep_latest_by: str | None, ranks: Sequence[int]
) -> None:
    """Table `judged`: the rows that share a key (or its hash), each with its fate."""
    key = ", ".join(quoted(name) for name in entity.key)
    session.table(
        "judged",
        f"""
        WITH ranked AS ({_suspects(entity, keep_latest_by, ranks)}), placed AS (
            SELECT *,
                row_number() OVER (PARTITION BY {key} ORDER BY newest DESC, file, record) AS place,
                count(DISTINCT CASE WHEN newest THEN content END) OVER (PARTITION BY {key})
                    AS contents,
                first_value(content) OVER (
                    PARTITION BY {key} ORDER BY newest DESC, file, record) AS first_content,
                first_value(file) OVER w AS first_file, first_value(record) OVER w AS first_record,
                lead(file) OVER w AS next_file, lead(record) OVER w AS next_record
            FROM ranked WINDOW w AS (PARTITION BY {key} ORDER BY newest DESC, file, record)
        )
        SELECT file, record, shown,
            CASE WHEN contents > 1 THEN 'conflict' WHEN place = 1 THEN 'kept'
                 WHEN content = first_content THEN 'duplicate'
                 WHEN current THEN 'less_trusted' ELSE 'superseded' END AS fate,
            CASE WHEN place = 1 THEN next_file ELSE first_file END AS other_file,
            CASE WHEN place = 1 THEN next_record ELSE first_record END AS other_record
        FROM placed
        """,
    )


def _suspects(entity: Entity, keep_latest_by: str | None, ranks: Sequence[int]) -> str:
    """SQL of the rows that share a key.

    Beside their content it says of each whether it is `current`, the latest of its key, and
    `newest`, which of these stand: those of the source that is believed first.
    """
    key = ", ".join(quoted(name) for name in entity.key)
    content = ", ".join(quoted(column.name) for column in entity.columns)
    latest = quoted(keep_latest_by) if keep_latest_by else "NULL"
    cases = " ".join(f"WHEN {place} THEN {rank}" for place, rank in enumerate(ranks))
    shown = " || ' · ' || ".join(f"coalesce(CAST({quoted(n)} AS VARCHAR), '')" for n in entity.key)
    if any(entity.by_name[name].personal for name in entity.key):
        shown = f"'{quarantine.MASK}'"
    return f"""
        WITH crowded AS (
            SELECT hash({key}) AS h FROM {clean(entity.name)} GROUP BY h HAVING count(*) > 1
        ), suspects AS (
            SELECT file, record, {key}, row({content}) AS content, {shown} AS shown,
                   {latest} AS latest, CASE file {cases} END AS rank
            FROM {clean(entity.name)} WHERE hash({key}) IN (SELECT h FROM crowded)
        ), dated AS (
            SELECT *, latest IS NOT DISTINCT FROM max(latest) OVER (PARTITION BY {key}) AS current
            FROM suspects
        )
        SELECT *, current AND rank =
            min(CASE WHEN current THEN rank END) OVER (PARTITION BY {key}) AS newest
        FROM dated
        """


def _conflict(
    entity: Entity,
    arrived: Sequence[Arrived],
    file: int,
    record: int,
    shown: str,
    other_file: int,
    other_record: int,
) -> tuple[int, quarantine.Row]:
    name, place = arrived[other_file].where(other_record)
    reason = f"has the key of {name} record {place}, with other content"
    expected = EXPECTED.format(entity=entity.name)
    return file, (record, ", ".join(entity.key), shown, reason, expected, STEP)

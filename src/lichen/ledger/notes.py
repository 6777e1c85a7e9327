"""Findings of a load: what readers of figures should know about the feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted, read_rows
from lichen.ledger.arrived import Arrived, provided
from lichen.ledger.attributes import unknown_attributes
from lichen.ledger.checks import check_tables
from lichen.ledger.duplicates import KeyCheck
from lichen.ledger.mapped import optional_references
from lichen.ledger.newest import newest_fact
from lichen.ledger.schema import key_name
from lichen.ledger.write import count_filled, id_column
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES, Column, Entity
from lichen.vocabulary.finding import Finding, Severity

MATTERS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("account", "csm_key"): ("served_via is unknown for every account", ("served_via",)),
    ("account", "segment"): ("segment is unknown for every account", ("segment",)),
    ("opportunity", "is_direct_involved"): (
        "accounts won with a partner cannot be told from hybrid ones",
        ("acquired_via",),
    ),
    ("subscription", "sold_by_partner_id"): (
        "sales through partners show only where an involvement says so",
        ("acquired_via",),
    ),
    ("subscription", "marketplace"): (
        "sales through a marketplace show only where an involvement says so",
        ("acquired_via",),
    ),
}
"""Optional columns without which a dimension says less, and what it then cannot say."""


def of_load(
    session: Embedded,
    parsed: Mapping[str, Sequence[Arrived]],
    checks: Mapping[str, KeyCheck],
    folder: Path,
    definitions: Definitions,
) -> list[Finding]:
    """Every finding of a load, by entity in the order of the vocabulary, then those of checks."""
    findings: list[Finding] = _as_effective(parsed)
    for name, entity in ENTITIES.items():
        if name not in parsed:
            continue
        columns = provided(parsed[name])
        findings += _unknown_columns(entity, parsed[name])
        findings += _empty_files(entity, parsed[name])
        findings += _missing_columns(entity, columns)
        findings += _no_latest(entity, columns, definitions.feed(name).keep_latest_by)
        findings += _superseded(entity, checks[name])
        findings += _less_trusted(entity, checks[name], parsed[name])
        findings += _filled(session, entity)
        if name == "attribute_change":
            findings += unknown_attributes(session)
        for column in optional_references(entity):
            if column.name in columns:
                findings += _leads_nowhere(session, entity, column, frozenset(parsed), folder)
    columns_of = {name: provided(rows) for name, rows in parsed.items()}
    newest = newest_fact(session, parsed, definitions)
    return findings + check_tables(session, folder, columns_of, definitions, newest)


def _with_near_miss(entity: Entity, name: str, file: Arrived) -> str:
    """The name, with the column that it may stand for when the file does not provide that one."""
    absent = [each for each in entity.by_name if each not in file.columns]
    near = get_close_matches(name.lower(), absent, n=1, cutoff=0.8)
    return f"{name or '(no name)'}" + (f" (did you mean '{near[0]}'?)" if near else "")


def _unknown_columns(entity: Entity, files: Sequence[Arrived]) -> list[Finding]:
    return [
        Finding(
            "unknown_columns",
            entity.name,
            len(file.unknown),
            f"{file.name} has columns that the contract does not know: "
            f"{', '.join(_with_near_miss(entity, name, file) for name in file.unknown)}. They "
            "were not read.",
            examples=(file.name,),
        )
        for file in files
        if file.unknown
    ]


def _empty_files(entity: Entity, files: Sequence[Arrived]) -> list[Finding]:
    names = [file.name for file in files if file.rows == 0 and not len(file.quarantined())]
    if not names:
        return []
    sentence = f"{', '.join(names)} gives no rows of {entity.name}."
    return [Finding("empty_feed", entity.name, len(names), sentence, examples=tuple(names[:5]))]


def _missing_columns(entity: Entity, columns: frozenset[str]) -> list[Finding]:
    found = []
    for (owner, name), (effect, dimensions) in MATTERS.items():
        if owner == entity.name and name not in columns:
            sentence = f"No {entity.name} feed has the column {name}, so {effect}."
            found.append(_column_not_mapped(entity, sentence, dimensions))
    return found


def _as_effective(parsed: Mapping[str, Sequence[Arrived]]) -> list[Finding]:
    """One finding for all feeds whose past is dated but not recorded."""
    names = [
        name
        for name, entity in ENTITIES.items()
        if name in parsed
        and (entity.happened or entity.closing)
        and "recorded_at" not in provided(parsed[name])
    ]
    if not names:
        return []
    sentence = (
        f"No recorded_at in: {', '.join(names)}. Their past is as effective, and may be "
        "back-filled. Add the column where the source has it."
    )
    return [Finding("as_effective", "ledger", len(names), sentence, examples=tuple(names[:5]))]


def _column_not_mapped(entity: Entity, sentence: str, dimensions: tuple[str, ...]) -> Finding:
    code, severity = "column_not_mapped", Severity.WARNING
    return Finding(code, entity.name, 1, sentence, severity, dimensions=dimensions)


def _no_latest(entity: Entity, columns: frozenset[str], latest_by: str | None) -> list[Finding]:
    if latest_by is None or latest_by in columns:
        return []
    sentence = (
        f"feeds.{entity.name}.keep_latest_by names {latest_by}, but no {entity.name} feed has that "
        "column, so records of one key with different content are all put aside. Add the column "
        "at the source, or remove keep_latest_by."
    )
    return [Finding("keep_latest_by_not_mapped", entity.name, 1, sentence, Severity.WARNING)]


def _superseded(entity: Entity, check: KeyCheck) -> list[Finding]:
    if not check.superseded:
        return []
    sentence = (
        f"{check.superseded} {entity.name} records gave way to a later record of the same key; "
        "they are counted as duplicates."
    )
    return [Finding("superseded", entity.name, check.superseded, sentence)]


def _less_trusted(entity: Entity, check: KeyCheck, files: Sequence[Arrived]) -> list[Finding]:
    if not check.less_trusted:
        return []
    count = check.less_trusted
    shown = [":".join(map(str, files[file].where(record))) for file, record in check.places]
    sentence = (
        f"{count:,} {entity.name} records have the key of a record of a source that is believed "
        f"before theirs, and say something else, such as {shown[0]}; they are counted as "
        "duplicates. Correct them, change the order of [sources] in lichen.toml, or leave the "
        f'rows of one source out by without = ["{entity.name}"].'
    )
    severity, code = Severity.WARNING, "same_key_in_several_sources"
    return [Finding(code, entity.name, count, sentence, severity, tuple(shown))]


def _filled(session: Embedded, entity: Entity) -> list[Finding]:
    findings = []
    for closing in entity.closing:
        count = count_filled(session, entity, closing)
        if count:
            sentence = (
                f"{count} {entity.name} rows are {' or '.join(closing.decided)} without "
                f"{closing.date}; it was taken from {' or '.join(closing.fallbacks)}."
            )
            findings.append(
                Finding("closing_date_filled", entity.name, count, sentence, Severity.WARNING)
            )
    return findings


def _leads_nowhere(
    session: Embedded, entity: Entity, column: Column, provided: frozenset[str], folder: Path
) -> list[Finding]:
    target = str(column.references)
    rows = read_rows(folder / f"{entity.name}.parquet")
    name, key = quoted(column.name), key_name(column)
    if key is not None:
        lost = f"{name} IS NOT NULL AND {quoted(key)} IS NULL"
    elif target in provided:
        known = f"SELECT {quoted(id_column(target))} FROM {read_rows(folder / f'{target}.parquet')}"
        lost = f"{name} IS NOT NULL AND {name} NOT IN ({known})"
    else:
        lost = f"{name} IS NOT NULL"
    count, examples = session.row(f"SELECT count(*), min({name}, 40) FROM {rows} WHERE {lost}")
    if not count:
        return []
    why = "" if target in provided else f" (there is no {target} feed)"
    sentence = (
        f"{count} {entity.name} rows name a {column.name} that leads to no {target}{why}; "
        "they were kept without it."
    )
    shown = tuple(sorted(set(examples))[:5])
    return [
        Finding("optional_reference_lost", entity.name, count, sentence, Severity.WARNING, shown)
    ]

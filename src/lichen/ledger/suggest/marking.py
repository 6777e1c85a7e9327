"""Markers of a partner's part that stand in tables of something else: fields and lead sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lichen.engines.text import literal
from lichen.ledger.suggest.hows import in_words, needs
from lichen.ledger.suggest.known import Known, bare
from lichen.ledger.suggest.meanings import MOST_WORDS, meanings
from lichen.ledger.suggest.names import column_words, name_in_sql
from lichen.ledger.suggest.personal import is_personal, shown_values
from lichen.ledger.suggest.samples import TableSample
from lichen.ledger.suggest.shapes import is_yes_or_no, share
from lichen.ledger.suggest.suggestion import ColumnSuggestion, Confidence, MapSuggestion
from lichen.vocabulary.entities import ENTITIES

BEARERS = ("opportunity", "account", "subscription", "lead", "registration")
"""Entities in whose tables markers stand."""

STARTS = ("created_on", "starts_on", "submitted_at")
INVOLVEMENT = ENTITIES["involvement"]
ROLE_COLUMNS = (("role",), ("partner", "role"), ("influence", "type"), ("involvement", "type"))


@dataclass(frozen=True)
class Marker:
    """A marker of one table: `partner` is the column that names the partner, where there is one."""

    kind: str
    suffix: str
    role: str
    partner: str | None
    where: Mapping[str, Mapping[str, Any]]
    told: str


def marked(row: MapSuggestion, table: TableSample, known: Known) -> Iterator[MapSuggestion]:
    """Maps of involvement from the markers in a table of something else."""
    if row.entity not in BEARERS or row.sql is not None:
        return
    partners = [raw for raw in table.columns if _names_partners(row, raw, table, known)]
    for raw in partners:
        yield _map(row, table, _field(row, raw, known), known)
    for raw in table.columns:
        words = _partner_words(raw, table, known)
        if words:
            yield _map(row, table, _source(raw, words, partners), known)


def _names_partners(row: MapSuggestion, raw: str, table: TableSample, known: Known) -> bool:
    """Whether the column names a partner; one that the line is sold by is told there."""
    words, seen = column_words(raw, known), table.columns[raw]
    listed = words in known.markers["partner"]
    ends = words[-1:] == ("partner",) or words[-2:] in (
        ("partner", "id"),
        ("partner", "account"),
        ("partner", "name"),
    )
    sold_by = row.column("sold_by_partner_id")
    if sold_by is not None and sold_by.how.get("column") == raw:
        return False
    is_text = share(seen.values, is_yes_or_no) < 0.9
    return (listed or ends) and is_text and words[0] not in ("is", "has")


def _field(row: MapSuggestion, raw: str, known: Known) -> Marker:
    words = column_words(raw, known)
    role = "sourced" if row.entity == "registration" else "co_sold"
    for name, listed in known.roles.items():
        if any(words[at : at + len(part)] == part for part in listed for at in range(len(words))):
            role = name
            break
    kind = "registration" if row.entity == "registration" else "partner_field"
    where = {"no partner named": {"column": raw, "filled": True}}
    return Marker(kind, "_".join(words), role, raw, where, f"{raw} names a partner")


def _partner_words(raw: str, table: TableSample, known: Known) -> tuple[str, ...]:
    """The words of a source column that speak of partners."""
    if column_words(raw, known) not in known.markers["source"]:
        return ()
    if is_personal(table.table, raw, table.columns[raw], known):
        return ()
    return tuple(
        value
        for value in sorted(table.columns[raw].values)
        if any(bare(word) in bare(value) for word in known.partner_words)
    )


def _source(raw: str, words: Sequence[str], partners: Sequence[str]) -> Marker:
    refers = all(any(part in word.lower() for part in ("refer", "affiliate")) for word in words)
    partner = partners[0] if partners else None
    where: dict[str, Mapping[str, Any]] = {
        f"{raw} is no partner": {"column": raw, "in": list(words)}
    }
    if partner is not None:
        where["no partner named"] = {"column": partner, "filled": True}
    told = f"{raw} says {', '.join(map(repr, words[:4]))}"
    return Marker("lead_source", raw, "referred" if refers else "sourced", partner, where, told)


def _map(row: MapSuggestion, table: TableSample, marker: Marker, known: Known) -> MapSuggestion:
    """The rows of the table that carry a marker, as involvement."""
    found = {each.column: each for each in _columns(row, table, marker, known)}
    missing = {
        name: needs(INVOLVEMENT.by_name[name])
        for name in INVOLVEMENT.required
        if name not in found or not found[name].is_active
    }
    notes = []
    if marker.partner is None:
        missing["partner_id"] = (
            "the id of the partner: a word that says 'partner' and names none is no involvement"
        )
    elif not table.columns[marker.partner].filled:
        notes.append(f"{marker.partner} is empty in these files.")
    columns = tuple(found[name] for name in INVOLVEMENT.by_name if name in found)
    is_empty = marker.partner is not None and not table.columns[marker.partner].filled
    return MapSuggestion(
        "involvement",
        row.table,
        Confidence.LOW if is_empty else Confidence.MEDIUM,
        f"a marker of a partner's part: {marker.told}",
        columns,
        missing,
        {**row.where, **marker.where},
        tuple(notes),
        name=f"{marker.suffix} of {row.table}",
    )


def _columns(
    row: MapSuggestion, table: TableSample, marker: Marker, known: Known
) -> Iterator[ColumnSuggestion]:
    own = row.column(ENTITIES[row.entity].key[0])
    if own is not None and "column" in own.how:
        raw_id = str(own.how["column"])
        sql = f"{name_in_sql(raw_id)} || {literal('/' + marker.suffix)}"
        yield ColumnSuggestion(
            "involvement_id", {"sql": sql}, Confidence.HIGH, "the row's own id and its marker"
        )
        if row.entity == "account":
            yield ColumnSuggestion("account_id", own.how, own.confidence, "the account itself")
        if row.entity == "opportunity":
            yield ColumnSuggestion("opportunity_id", own.how, own.confidence, "the deal itself")
    for name in ("account_id", "opportunity_id", "amount", "currency"):
        told = row.column(name)
        if told is not None and name != ENTITIES[row.entity].key[0] and told.is_active:
            yield told
    if marker.partner is not None:
        shown = shown_values(table.table, marker.partner, table.columns[marker.partner], known)
        yield ColumnSuggestion(
            "partner_id", {"column": marker.partner}, Confidence.MEDIUM, marker.told, shown
        )
    yield _role(table, marker, known)
    yield ColumnSuggestion("marker", {"constant": marker.kind}, Confidence.HIGH, "what told of it")
    yield from _start(row)


def _start(row: MapSuggestion) -> Iterator[ColumnSuggestion]:
    """The day on which the row began."""
    for name in STARTS:
        begun = row.column(name)
        if begun is not None and begun.is_active:
            how = {"column": begun.how["column"], "format": "day"}
            yield ColumnSuggestion(
                "starts_on", how, begun.confidence, f"as {row.entity}.{name}", begun.samples
            )
            return


def _role(table: TableSample, marker: Marker, known: Known) -> ColumnSuggestion:
    """The role that a column of the row tells, else the one that the marker stands for."""
    for raw, seen in table.columns.items():
        if column_words(raw, known) in ROLE_COLUMNS and seen.distinct <= MOST_WORDS:
            said = meanings(seen.values, INVOLVEMENT.by_name["role"], "involvement", known)
            if said.share >= 0.5:
                how, asked = in_words(INVOLVEMENT, INVOLVEMENT.by_name["role"], seen, raw, known)
                told = f"{len(said.found)} of {seen.distinct} words are understood"
                told = f"{told}; {asked}" if asked else told
                return ColumnSuggestion("role", how, Confidence.MEDIUM, told)
    told = f"because {marker.told}"
    return ColumnSuggestion("role", {"constant": marker.role}, Confidence.MEDIUM, told)

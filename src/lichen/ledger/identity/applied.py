"""Identity at work in a load: who is who is settled first, then every id is the canonical one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted
from lichen.ledger.arrived import Arrived
from lichen.ledger.identity.decisions import Decision
from lichen.ledger.identity.resolve import resolve
from lichen.vocabulary.definitions import Identity
from lichen.vocabulary.entities import ENTITIES, Entity
from lichen.vocabulary.finding import Finding

SUBJECTS = ("account", "partner")


@dataclass
class Identities:
    """The canonical ids of accounts and partners in one load."""

    session: Embedded
    settings: Identity
    decisions: Sequence[Decision]
    renamed: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def settle(self, arrived: Mapping[str, Sequence[Arrived]]) -> None:
        """Find out which ids are one, where anything can tell: systems, aliases or decisions.

        Raises:
            DecisionsUnusable: decisions contradict each other.
        """
        for subject in SUBJECTS:
            rows = arrived.get(subject, ())
            aliases = self._aliases(subject, arrived.get(f"{subject}_alias", ()))
            decided = [one for one in self.decisions if one.entity == subject]
            if not rows or not (len({one.rank for one in rows}) > 1 or aliases or decided):
                continue
            found = resolve(
                self.session,
                subject,
                _rows(ENTITIES[subject], rows),
                aliases,
                decided,
                match_domains=self.settings.match_domains,
            )
            self.findings += found.findings
            if found.renamed:
                self.renamed[subject] = self._kept(subject, found.renamed)

    def rename(self, entity: Entity, view: str) -> str | None:
        """SQL of the rows of a view with canonical ids; None where none of its ids is renamed.

        An account's or partner's own id stays: its rows are united by it.
        """
        columns = [
            (column.name, self.renamed[column.references])
            for column in entity.columns
            if column.references in self.renamed
        ]
        if not columns:
            return None
        joins, named = "", []
        for place, (name, table) in enumerate(columns):
            joins += f" LEFT JOIN {table} i{place} ON i{place}.id = m.{quoted(name)}"
            named.append(f"coalesce(i{place}.canonical, m.{quoted(name)}) AS {quoted(name)}")
        return f"SELECT m.* REPLACE ({', '.join(named)}) FROM ({view}) m{joins}"

    def _aliases(self, subject: str, rows: Sequence[Arrived]) -> list[tuple[str, str]]:
        """Pairs of an id of a system and the id that it stands for."""
        pairs: set[tuple[str, str]] = set()
        for one in rows:
            found = self.session.rows(
                f"SELECT DISTINCT system || ':' || key, {subject}_id FROM ({one.relation})"
            )
            pairs.update((alias, of) for alias, of in found if alias != of)
        return sorted(pairs)

    def _kept(self, subject: str, renamed: Mapping[str, str]) -> str:
        """The table of id and canonical."""
        table = pa.table({"id": list(renamed), "canonical": list(renamed.values())})
        kept, name = self.session.keep(table, "renamed"), f"identity_{subject}"
        self.session.table(name, f"SELECT * FROM {kept}")
        return name


def _rows(entity: Entity, arrived: Sequence[Arrived]) -> str:
    """SQL of id, rank and domain of every row that arrived."""
    selects = []
    for one in arrived:
        domain = "domain" if "domain" in one.columns else "CAST(NULL AS VARCHAR)"
        key = quoted(entity.key[0])
        selects.append(
            f"SELECT {key} AS id, {one.rank} AS rank, {domain} AS domain FROM ({one.relation})"
        )
    return " UNION ALL ".join(selects)

"""Identity at work in a load: who is who is settled first, then every id is the canonical one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted
from lichen.ledger.arrived import Arrived
from lichen.ledger.identity.decisions import Decision
from lichen.ledger.identity.parents import Link, is_rolled_up, roll_up
from lichen.ledger.identity.resolve import resolve
from lichen.vocabulary.definitions import Identity
from lichen.vocabulary.entities import ENTITIES, Entity
from lichen.vocabulary.finding import Finding

SUBJECTS = ("account", "partner")
LISTED = {"agreement": "reserved_accounts"}
"""Columns that hold several ids."""
ALSO = {
    "questionnaire_answer": {"subject": "partner"},
    "contact": {"relationship_holder": "partner"},
    "agreement": {"reserved_accounts": "account"},
}
"""Columns that hold ids beside other words, or several of them, by entity."""


@dataclass
class Identities:
    """The canonical ids of accounts and partners in one load.

    `known` are the ids that were given before, by entity and member; `registered` what they are
    after `settle`. `renamed` are tables of id and canonical by entity; `rolled_up` is the same of
    accounts with their ultimate parents, for what refers to them.
    """

    session: Embedded
    settings: Identity
    decisions: Sequence[Decision]
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    registered: dict[str, Mapping[str, str]] = field(default_factory=dict)
    rolled_up: str | None = None
    links: Sequence[Link] = ()

    def settle(self, arrived: Mapping[str, Sequence[Arrived]]) -> None:
        """Find out which ids are one, where anything can tell: systems, aliases or decisions."""
        for subject in SUBJECTS:
            rows = arrived.get(subject, ())
            aliases = self._aliases(subject, arrived.get(f"{subject}_alias", ()))
            decided = [one for one in self.decisions if one.entity == subject]
            known = self.known.get(subject, {})
            self.registered[subject] = known
            several = len({one.rank for one in rows}) > 1
            if not rows or not (several or aliases or decided or known):
                continue
            found = resolve(
                self.session,
                subject,
                _rows(ENTITIES[subject], rows),
                aliases,
                decided,
                match_domains=self.settings.match_domains,
                registered=known,
            )
            self.registered[subject] = found.registered
            self.findings += found.findings
            if found.renamed:
                self.renamed[subject] = self._table(f"identity_{subject}", found.renamed)

    def roll_up(self, accounts: str) -> None:
        """Let what refers to accounts refer to their ultimate parents, where the workspace says so.

        `accounts` is SQL of the accounts that are kept, under canonical ids, as
        `parents.roll_up` takes it. What refers to accounts whose parents are known only later
        stays as it is; `links` say from when on it refers to whom.
        """
        if not self.settings.roll_up_parents:
            return
        found = roll_up(self.session, accounts)
        self.findings += found.findings()
        self.links = found.links
        at_once = found.at_once()
        if not at_once:
            return
        tops = self._table("rolled_up", at_once)
        renamed = self.renamed.get("account")
        if renamed is not None:
            composed = (
                f"SELECT n.id, coalesce(t.canonical, n.canonical) AS canonical FROM {renamed} n "
                f"LEFT JOIN {tops} t ON t.id = n.canonical "
                f"UNION ALL SELECT * FROM {tops} ANTI JOIN {renamed} USING (id)"
            )
            self.session.table("referred_account", composed)
            tops = "referred_account"
        self.rolled_up = tops

    def rename(self, entity: Entity, view: str) -> str | None:
        """SQL of the rows of a view with canonical ids; None where none of its ids is renamed.

        An account's or partner's own id stays: its rows are united by it.
        """
        joins, told = "", defaultdict(list)
        for place, (name, subject, only) in enumerate(_id_columns(entity)):
            table = self._of(entity, subject)
            if table is not None and name == LISTED.get(entity.name):
                table = _lists(view, name, table)
            if table is not None:
                joins += f" LEFT JOIN {table} i{place} ON i{place}.id = m.{quoted(name)}{only}"
                told[name].append(f"i{place}.canonical")
        named = [
            f"{_never_itself(entity, name, [*ids, f'm.{quoted(name)}'])} AS {quoted(name)}"
            for name, ids in told.items()
            if name != entity.key[0] or entity.name not in SUBJECTS
        ]
        return f"SELECT m.* REPLACE ({', '.join(named)}) FROM ({view}) m{joins}" if named else None

    def _of(self, entity: Entity, subject: str) -> str | None:
        """The table of id and canonical that ids of a subject follow in rows of an entity."""
        if subject == "account" and self.rolled_up is not None and is_rolled_up(entity):
            return self.rolled_up
        return self.renamed.get(subject)

    def _aliases(self, subject: str, rows: Sequence[Arrived]) -> list[tuple[str, str]]:
        """Pairs of an id of a system and the id that it stands for."""
        pairs: set[tuple[str, str]] = set()
        for one in rows:
            found = self.session.rows(
                f"SELECT DISTINCT system || ':' || key, {subject}_id FROM ({one.relation})"
            )
            pairs.update((alias, of) for alias, of in found if alias != of)
        return sorted(pairs)

    def _table(self, name: str, canonical: Mapping[str, str]) -> str:
        """The table of id and canonical, under a name."""
        table = pa.table({"id": list(canonical), "canonical": list(canonical.values())})
        self.session.table(name, f"SELECT * FROM {self.session.keep(table, 'renamed')}")
        return name


def _id_columns(entity: Entity) -> list[tuple[str, str, str]]:
    """Columns that hold ids of accounts or partners, whose, and the condition under which."""
    found = [
        (column.name, column.references, "")
        for column in entity.columns
        if column.references in SUBJECTS and column.references is not None
    ]
    if entity.name in SUBJECTS and any(subject == entity.name for _, subject, _ in found):
        found.append((entity.key[0], entity.name, ""))
    if entity.name == "attribute_change":
        found += [("id", subject, f" AND m.entity = '{subject}'") for subject in SUBJECTS]
    for name, subject in ALSO.get(entity.name, {}).items():
        found.append((name, subject, ""))
    return found


def _lists(view: str, name: str, table: str) -> str:
    """SQL of id and canonical of lists of ids, told apart by `|` or `;`, in which one has another.

    Lists are few, so each is taken apart once.
    """
    column = quoted(name)
    parts = (
        f"SELECT id, generate_subscripts(parts, 1) AS place, unnest(parts) AS part FROM (SELECT "
        rf"DISTINCT {column} AS id, string_split_regex({column}, '\s*[|;]\s*') AS parts "
        f"FROM ({view}) WHERE {column} IS NOT NULL)"
    )
    return (
        "(SELECT p.id, "
        "string_agg(coalesce(t.canonical, p.part), '|' ORDER BY p.place) AS canonical "
        f"FROM ({parts}) p LEFT JOIN {table} t ON t.id = p.part GROUP BY p.id "
        "HAVING count(t.canonical) > 0)"
    )


def _never_itself(entity: Entity, name: str, ids: Sequence[str]) -> str:
    """SQL of the canonical id; null where a row would refer to the company that it is itself."""
    value = f"coalesce({', '.join(ids)})"
    if entity.name not in SUBJECTS or entity.by_name[name].references != entity.name:
        return value
    place = [column for column, _, _ in _id_columns(entity)].index(entity.key[0])
    return f"nullif({value}, coalesce(i{place}.canonical, m.{quoted(entity.key[0])}))"


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

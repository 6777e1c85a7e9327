"""The ledger from parsed files: what is dropped, what is kept, and an account of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.engines.text import local_date, quoted
from lichen.kernel.progress import Progress
from lichen.ledger import notes, quarantine
from lichen.ledger.accounting import Account, check
from lichen.ledger.arrived import Arrived, provided
from lichen.ledger.duplicates import KeyCheck, resolve_keys
from lichen.ledger.exchange import beyond_range, find_rates, flows, rate_day, some_rate_may_exceed
from lichen.ledger.identity import Decision, Identities, unify
from lichen.ledger.links import write_links
from lichen.ledger.mapped import (
    clean,
    dropped,
    in_order,
    leave_out_dropped,
    map_entity,
    mapped,
    replace_rows,
    required_references,
)
from lichen.ledger.write import (
    earlier_path,
    id_column,
    ids,
    number_ids,
    write_earlier,
    write_entity,
)
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES, Entity
from lichen.vocabulary.finding import Finding


@dataclass
class Build:
    """A ledger in the making: rows that `arrived`, by entity, become Parquet tables in `folder`.

    `arrivals` is the account of how they came: of their files and mappings. `known_ids` are the
    canonical ids of accounts and partners that were given before.
    """

    session: Embedded
    folder: Path
    arrived: Mapping[str, Sequence[Arrived]]
    arrivals: Sequence[Account]
    definitions: Definitions
    progress: Progress
    decisions: Sequence[Decision] = ()
    known_ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    quarantined: list[pa.Table] = field(default_factory=list)
    checks: dict[str, KeyCheck] = field(default_factory=dict)
    clean_rows: dict[str, int] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    earlier: dict[str, str] = field(default_factory=dict)
    orphans: dict[str, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))

    def run(self) -> tuple[list[Account], list[Finding]]:
        """Write every entity's table; returns the accounting, already asserted, and findings.

        Raises:
            FeedsUnusable: an entity must refer to one that has no feed.
            MissingRates: foreign flows without an exchange rate.
        """
        order = in_order(list(self.arrived))
        self.identities = Identities(
            self.session, self.definitions.identity, self.decisions, self.known_ids
        )
        self.identities.settle(self.arrived)
        self._drop_unsound(order)
        entities = [ENTITIES[name] for name in order]
        find_rates(self.session, entities, self.definitions, loaded="fx_rate" in self.arrived)
        beyond = some_rate_may_exceed(self.session)
        known = frozenset(order)
        for place, entity in enumerate(entities):
            self.progress(f"Writing {entity.name}", place, len(entities))
            if beyond:
                self._drop_beyond_range(entity)
            path = self.folder / f"{entity.name}.parquet"
            self.accepted[entity.name] = write_entity(
                self.session, entity, known, path, self.definitions
            )
            if entity.name in self.earlier:
                earlier, before = self.earlier[entity.name], earlier_path(self.folder, entity.name)
                write_earlier(self.session, entity, known, earlier, before, self.definitions)
            self._quarantine_orphans(entity)
        write_links(self.session, self.identities.links, self.folder)
        accounts = [*self.arrivals, *(self._entity_account(name) for name in order)]
        check(accounts)
        found = notes.of_load(
            self.session, self.arrived, self.checks, self.folder, self.definitions
        )
        return accounts, [*self.identities.findings, *found]

    def _drop_unsound(self, order: Sequence[str]) -> None:
        """Drop backward spans, copies and contradictions; number the ids that others refer to."""
        referred = {c.references for e in ENTITIES.values() for c in required_references(e)}
        for place, name in enumerate(order):
            self.progress(f"Checking {name}", place, len(order))
            entity = ENTITIES[name]
            self.quarantined += [one.quarantined() for one in self.arrived[name]]
            map_entity(self.session, entity, self.arrived[name], self.definitions)
            renamed = self.identities.rename(entity, f"SELECT * FROM {mapped(name)}")
            if renamed is not None:
                replace_rows(self.session, name, renamed)
            self._drop_backward_spans(entity)
            latest = self.definitions.feed(name).keep_latest_by
            self.checks[name] = resolve_keys(self.session, entity, self.arrived[name], latest)
            self._add(entity, self.checks[name].conflicts)
            self._renew_clean(name)
            self._unite(entity)
            if name == "account":
                self.identities.roll_up(self._parents())
            if name in referred or name in ("account", "partner", "opportunity"):
                number_ids(self.session, entity)

    def _unite(self, entity: Entity) -> None:
        """Make one row of those that several systems have of one account or partner."""
        table = self.identities.renamed.get(entity.name)
        if table is None:
            return
        rows = f"SELECT * FROM {clean(entity.name)}"
        ranks = [one.rank for one in self.arrived[entity.name]]
        zone = self.definitions.workspace.time_zone
        united = unify(self.session, entity, rows, table, ranks, zone)
        if united.earlier is not None:
            self.earlier[entity.name] = united.earlier
        check = self.checks[entity.name]
        copies = check.duplicates + len(united.given_up)
        self.checks[entity.name] = replace(check, duplicates=copies)
        places = self.session.keep(united.places(), "places")
        self.session.run(f"INSERT INTO {dropped(entity.name)} SELECT * FROM {places}")
        replace_rows(self.session, entity.name, f"SELECT * FROM {united.relation}")
        self.identities.findings += united.findings
        self.clean_rows[entity.name] -= len(united.given_up)

    def _parents(self) -> str:
        """SQL of accounts and their parents, and of what they were before other rows came."""
        told = "account_id AS id, parent_account_id AS parent"
        told += (
            f", {local_date('recorded_at', self.definitions.workspace.time_zone)} AS recorded_on"
        )
        since = "CAST(NULL AS DATE)"
        earlier = self.earlier.get("account")
        if earlier is None:
            return f"SELECT {told}, {since} AS since, {since} AS until FROM {clean('account')}"
        return (
            f"SELECT {told}, e.since, {since} AS until FROM {clean('account')} LEFT JOIN "
            f"(SELECT account_id, max(until_on) AS since FROM {earlier} GROUP BY account_id) e "
            f"USING (account_id) UNION ALL SELECT {told}, told_on, until_on FROM {earlier}"
        )

    def _renew_clean(self, name: str) -> None:
        gone = leave_out_dropped(self.session, name)
        sound = sum(one.rows - one.failing for one in self.arrived[name])
        self.clean_rows[name] = sound - gone

    def _drop_backward_spans(self, entity: Entity) -> None:
        if entity.starts is None or entity.ends is None:
            return
        if entity.ends not in provided(self.arrived[entity.name]):
            return
        starts, ends = quoted(entity.starts), quoted(entity.ends)
        found = self.session.rows(
            f"SELECT file, record, {ends}, {starts} FROM {clean(entity.name)} "
            f"WHERE {ends} < {starts} ORDER BY file, record"
        )
        rows: list[tuple[int, quarantine.Row]] = [
            (
                file,
                (
                    record,
                    entity.ends,
                    str(end),
                    f"is before {entity.starts} {start}",
                    f"{entity.starts} or later",
                    quarantine.CORRECT,
                ),
            )
            for file, record, end, start in found
        ]
        self._drop(entity, rows)

    def _drop_beyond_range(self, entity: Entity) -> None:
        if not flows(entity):
            return
        own, zone = self.definitions.workspace.currency, self.definitions.workspace.time_zone
        found = self.session.rows(
            f"SELECT m.file, m.record FROM {clean(entity.name)} m JOIN rate_at x "
            f"ON x.currency = m.currency AND x.day = {rate_day(entity, zone)} "
            f"WHERE {beyond_range(entity, own)} ORDER BY ALL"
        )
        self._drop(
            entity,
            [
                (
                    file,
                    (
                        record,
                        flows(entity)[0].name,
                        None,
                        f"is too large in {own}",
                        "an amount within range once converted",
                        quarantine.CORRECT,
                    ),
                )
                for file, record in found
            ],
        )

    def _drop(self, entity: Entity, rows: Sequence[tuple[int, quarantine.Row]]) -> None:
        """Put rows aside, by place of their file."""
        if not rows:
            return
        places = pa.table(
            {
                "file": pa.array([file for file, _ in rows], pa.int32()),
                "record": pa.array([row[0] for _, row in rows], pa.int64()),
            }
        )
        name = self.session.keep(places, "places")
        self.session.run(f"INSERT INTO {dropped(entity.name)} SELECT * FROM {name}")
        self._add(entity, rows)
        self._renew_clean(entity.name)

    def _quarantine_orphans(self, entity: Entity) -> None:
        """Say why rows that the writing left out are not in the ledger."""
        if self.accepted[entity.name] == self.clean_rows[entity.name]:
            return
        for column in required_references(entity):
            target = str(column.references)
            name = quoted(column.name)
            found = self.session.rows(
                f"SELECT file, record, {name} FROM {clean(entity.name)} m WHERE NOT EXISTS "
                f"(SELECT 1 FROM {ids(target)} i WHERE i.id = m.{name}) ORDER BY file, record"
            )
            reason, expected = (
                f"leads to no {target}",
                f"{id_column(target)} of an accepted {target}",
            )
            step = f"Add it to feeds/{target} (or see why it is in quarantine) and load again."
            self.orphans[entity.name].update((file, record) for file, record, _ in found)
            self._add(
                entity,
                [
                    (file, (record, column.name, value, reason, expected, step))
                    for file, record, value in found
                ],
            )

    def _add(self, entity: Entity, rows: Sequence[tuple[int, quarantine.Row]]) -> None:
        """Quarantine rows, by place of what they arrived with, under the names that people see."""
        by_file: dict[str, list[quarantine.Row]] = defaultdict(list)
        arrived = self.arrived[entity.name]
        for place, row in rows:
            file, record = arrived[place].where(row[0])
            by_file[file].append((record, *row[1:]))
        for file, of_file in by_file.items():
            self.quarantined.append(quarantine.table(entity, file, of_file))

    def _entity_account(self, name: str) -> Account:
        """The entity's row: what was put aside is counted where it happened, not as a remainder."""
        failing = sum(one.failing for one in self.arrived[name])
        gone = self.session.count(dropped(name)) - self.checks[name].duplicates
        orphans = len(self.orphans[name])
        return Account(
            "entity",
            name,
            name,
            mapped=sum(one.rows for one in self.arrived[name]),
            accepted=self.accepted[name],
            quarantined=failing + gone + orphans,
            duplicates=self.checks[name].duplicates,
        )

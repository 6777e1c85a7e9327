"""Every dimension gives the same groups on Spark as on DuckDB."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from lichen.involvement import default_dimensions, findings, groupings
from lichen.vocabulary.definitions import Definitions, Involvement
from lichen.vocabulary.roles import PARTNER_KINDS, ROLES

pytestmark = pytest.mark.spark


def ecosystem(seed: int) -> dict:
    """Forty accounts with all that groups read, drawn at random."""
    draw = Random(seed)
    first = date(2023, 1, 1)

    def some_day() -> date:
        return first + timedelta(days=draw.randrange(900))

    accounts = [f"a{place}" for place in range(40)]
    partners = [f"p{place}" for place in range(8)]
    return {
        "account": [
            {
                "account_id": name,
                "name": name,
                "segment": draw.choice([None, "smb", "enterprise"]),
                "csm_key": draw.choice([None, "carol"]),
            }
            for name in accounts
        ],
        "partner": [
            {"partner_id": p, "name": p, "kinds": "|".join(draw.sample(PARTNER_KINDS, 2))}
            for p in partners
        ],
        "opportunity": [
            {
                "opportunity_id": f"o{name}",
                "account_id": name,
                "kind": "new",
                "outcome": draw.choice(["won", "lost"]),
                "created_on": first,
                "closed_on": some_day(),
                "is_direct_involved": draw.choice([None, True, False]),
            }
            for name in accounts
        ],
        "subscription": [
            {
                "subscription_id": f"s{name}",
                "account_id": name,
                "starts_on": some_day(),
                "arr_minor": 100,
                "opportunity_id": f"o{name}",
                "marketplace": draw.choice([None, None, "aws"]),
            }
            for name in accounts[5:]
        ],
        "involvement": [
            {
                "involvement_id": f"i{place}",
                "account_id": (name := draw.choice(accounts)),
                "partner_id": draw.choice(partners),
                "role": draw.choice(["integrated", *ROLES]),
                "starts_on": (start := some_day()),
                "ends_on": draw.choice([None, start + timedelta(days=draw.randrange(300))]),
                "opportunity_id": draw.choice([None, f"o{name}"]),
            }
            for place in range(150)
        ],
        "certification": [
            {
                "partner_id": name,
                "person_key": f"person {place}",
                "certification": "implementer",
                "earned_on": (earned := some_day()),
                "expires_on": draw.choice([None, earned + timedelta(days=draw.randrange(400))]),
            }
            for place, name in enumerate([*partners[:5], *partners[:3]])
        ],
        "attribute_change": [
            {
                "entity": "account",
                "id": name,
                "attribute": "segment",
                "value": draw.choice(["smb", "enterprise"]),
                "from_on": some_day(),
            }
            for name in accounts[:9]
        ],
    }


def all_groups(facts, words) -> dict[str, list]:
    def rows(table) -> list[tuple]:
        return sorted(tuple(row.values()) for row in facts.engine.to_arrow(table).to_pylist())

    asked = [*default_dimensions(words), ("role", "segment"), ("partner_kind", "served_via")]
    return {
        grouping.name: [
            grouping.dimensions,
            grouping.dated,
            rows(grouping.cells),
            rows(grouping.labels),
        ]
        for grouping in groupings(facts, words, asked)
    }


def test_every_grouping_is_the_same_on_spark(facts_of, spark_engine) -> None:
    rows = ecosystem(7)
    words = Definitions(involvement=Involvement(minimum_days=20, fresh_months=9))
    on_duckdb, on_spark = facts_of(**rows), facts_of(engine=spark_engine, **rows)
    assert all_groups(on_spark, words) == all_groups(on_duckdb, words)
    assert findings(on_spark, words) == findings(on_duckdb, words)

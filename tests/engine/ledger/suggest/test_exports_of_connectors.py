"""Exports of a connector for five systems: core tables, as their documentation describes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from small_exports import map_of, raw_columns

from lichen.ledger.mapping import read_mapping
from lichen.ledger.suggest import Suggestion, suggest
from lichen.ledger.suggest.exported import look

SEEDS = Path(os.environ.get("LICHEN_SAMPLE_DATA", "")) / "connector_seeds"

pytestmark = pytest.mark.skipif(
    "LICHEN_SAMPLE_DATA" not in os.environ,
    reason="LICHEN_SAMPLE_DATA names no folder with the exports of connectors",
)

CORE = [
    (
        "salesforce",
        "sf_account_data",
        "account",
        "account_id=id name=name parent_account_id=parent_id",
    ),
    ("salesforce", "sf_opportunity_data", "opportunity", "opportunity_id=id account_id=account_id"),
    ("salesforce", "sf_contact_data", "contact", "contact_id=id account_id=account_id"),
    (
        "salesforce",
        "sf_lead_data",
        "lead",
        "lead_id=id account_id=converted_account_id opportunity_id=converted_opportunity_id",
    ),
    ("salesforce", "sf_opportunity_history_data", "opportunity_change", "opportunity_id=id"),
    ("hubspot", "company_data", "account", "account_id=id name=property_name"),
    ("hubspot", "deal_data", "opportunity", "opportunity_id=deal_id"),
    ("hubspot", "ticket_data", "ticket", "ticket_id=id"),
    ("hubspot", "contact_data", "contact", "contact_id=id"),
    ("hubspot", "deal_stage_data", "opportunity_change", "opportunity_id=deal_id"),
    ("stripe", "customer_data", "account", "account_id=id name=name"),
    ("stripe", "subscription_data", "subscription", "subscription_id=id account_id=customer_id"),
    ("recurly", "account_history_data", "account", "account_id=id name=company"),
    (
        "recurly",
        "subscription_history_data",
        "subscription",
        "subscription_id=id account_id=account_id",
    ),
    ("zendesk", "organization_data", "account", "account_id=id name=name"),
    ("zendesk", "ticket_data", "ticket", "ticket_id=id account_id=organization_id"),
]

NO_FACTS = [
    ("salesforce", "sf_user_data"),
    ("salesforce", "sf_task_data"),
    ("salesforce", "sf_product_2_data"),
    ("hubspot", "owner_data"),
    ("hubspot", "deal_pipeline_data"),
    ("hubspot", "contact_property_history_data"),
    ("stripe", "account_data"),
    ("stripe", "invoice_data"),
    ("stripe", "charge_data"),
    ("recurly", "transaction_data"),
    ("zendesk", "user_data"),
    ("zendesk", "ticket_comment_data"),
]


@pytest.fixture(scope="module")
def proposals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Suggestion]:
    """Copies without the licence and test files that stand beside the tables."""
    found = {}
    for source in sorted({of for of, *_ in CORE}):
        folder = tmp_path_factory.mktemp(source)
        for path in (SEEDS / source).glob("*.csv"):
            (folder / path.name).write_bytes(path.read_bytes())
        found[source] = suggest(source, look(folder, source, folder), currency="USD")
    return found


@pytest.mark.parametrize(("source", "table", "entity", "ids"), CORE)
def test_a_core_table_has_its_entity_and_its_ids(
    proposals: dict[str, Suggestion], source: str, table: str, entity: str, ids: str
) -> None:
    row = map_of(proposals[source], table)
    assert row.entity == entity
    expected = dict(pair.split("=") for pair in ids.split())
    found = raw_columns(row)
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize(("source", "table"), NO_FACTS)
def test_a_table_without_facts_has_no_map(
    proposals: dict[str, Suggestion], source: str, table: str
) -> None:
    assert proposals[source].of(table) is None


def test_every_proposal_is_a_mapping_that_can_be_read(proposals: dict[str, Suggestion]) -> None:
    for source, suggestion in proposals.items():
        active = sum(row.is_active for row in suggestion.maps)
        assert len(read_mapping(suggestion.as_toml(), source).maps) == active > 0

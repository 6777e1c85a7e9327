"""The mappings of the examples give what a second reading of the same files gives."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_tables import MapDone, maps_done
from tests.architecture.source import REPOSITORY

import lichen
from lichen.engines.embedded import Embedded
from lichen.ledger import Ledger, load
from lichen.vocabulary.definitions import Definitions

SAMPLES = Path(os.environ.get("LICHEN_SAMPLE_DATA", ""))
pytestmark = pytest.mark.skipif(
    not os.environ.get("LICHEN_SAMPLE_DATA"), reason="LICHEN_SAMPLE_DATA is not set"
)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with Embedded(tmp_path_factory.mktemp("scratch")) as opened:
        yield opened


def example(session: Embedded, name: str, source: str) -> dict[str, MapDone]:
    """What each map of an example gives, by its title."""
    mapping = REPOSITORY / "examples" / name / "mappings" / f"{source}.toml"
    return {each.title: each for each in maps_done(session, mapping, SAMPLES / name)}


def records(name: str) -> list[dict[str, str]]:
    """The rows of a file, read without Lichen."""
    with (SAMPLES / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def ravenstack(session: Embedded) -> dict[str, MapDone]:
    return example(session, "ravenstack", "ravenstack")


def test_trials_are_no_lines_and_are_counted(ravenstack) -> None:
    lines = records("ravenstack/ravenstack_subscriptions.csv")
    paid = [line for line in lines if line["is_trial"] == "FALSE"]
    done = ravenstack["subscriptions -> subscription"]
    assert done.accounted.filtered == {"trials": len(lines) - len(paid)}
    found = {row["subscription_id"]: float(row["arr_amount"]) for row in done.rows}
    assert found == {f"ravenstack:{e['subscription_id']}": float(e["arr_amount"]) for e in paid}


def test_usage_is_the_sum_of_its_month(ravenstack) -> None:
    owner = {
        line["subscription_id"]: line["account_id"]
        for line in records("ravenstack/ravenstack_subscriptions.csv")
    }
    events: Counter[tuple[str, str]] = Counter()
    for row in records("ravenstack/ravenstack_feature_usage.csv"):
        month = row["usage_date"][:7]
        events[f"ravenstack:{owner[row['subscription_id']]}", month] += int(row["usage_count"])
    done = ravenstack["feature_usage by month"]
    assert {(r["account_id"], r["month"]): int(r["events"]) for r in done.rows} == events
    assert done.accounted.filtered == {"select": done.accounted.input - len(events)}


def test_each_record_of_churn_is_kept_beside_the_others(ravenstack) -> None:
    accounts = records("ravenstack/ravenstack_accounts.csv")
    lines = records("ravenstack/ravenstack_subscriptions.csv")
    events = records("ravenstack/ravenstack_churn_events.csv")
    flagged = [line for line in lines if line["churn_flag"] == "TRUE"]
    sizes = {
        "churn flag of the account": sum(each["churn_flag"] == "TRUE" for each in accounts),
        "churn flag of the subscription": sum(each["is_trial"] == "FALSE" for each in flagged),
        "churn events": len(events),
    }
    assert {title: len(ravenstack[title].rows) for title in sizes} == sizes


def test_a_referral_source_stays_a_word_and_makes_no_involvement(ravenstack) -> None:
    accounts = records("ravenstack/ravenstack_accounts.csv")
    found = Counter(row["referral_source"] for row in ravenstack["accounts -> account"].rows)
    assert found == Counter(each["referral_source"] for each in accounts)
    assert "involvement" not in {each.entity for each in ravenstack.values()}


def other_way(cell: str) -> str:
    """A cell as people with decimal commas write it, days first."""
    if day := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(.*)", cell):
        return f"{day[3]}-{day[2]}-{day[1]}{day[4]}"
    return cell.replace(".", ",") if re.fullmatch(r"\d+\.\d+", cell) else cell


def tables_of(session: Embedded, ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    """Every table of a ledger, without where its rows stood."""
    found = {}
    for path in sorted((ledger.folder / "tables").glob("*.parquet")):
        relation = f"read_parquet('{path}')"
        columns = [
            f'"{name}"' for name in session.types(relation) if name not in ("file", "record")
        ]
        found[path.stem] = session.rows(f"SELECT {', '.join(columns)} FROM {relation} ORDER BY ALL")
    return found


@pytest.mark.slow
def test_the_same_exports_days_first_with_commas_in_cp1252_give_the_same_ledger(
    session: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions, found = Definitions.model_validate({"sources": {"ravenstack": {}}}), []
    for change, delimiter, encoding in ((str, ",", "utf-8"), (other_way, ";", "cp1252")):
        workspace = tmp_path / encoding
        shutil.copytree(REPOSITORY / "examples/ravenstack/mappings", workspace / "mappings")
        raw = workspace / "raw/ravenstack"
        raw.mkdir(parents=True)
        for path in sorted((SAMPLES / "ravenstack").glob("*.csv")):
            with path.open(encoding="utf-8") as file:
                rows = [[change(cell) for cell in row] for row in csv.reader(file)]
            with (raw / path.name).open("w", encoding=encoding, newline="") as file:
                csv.writer(file, delimiter=delimiter).writerows(rows)
        found.append(tables_of(session, load(workspace, definitions)))
    assert found[0] == found[1]
    assert len(found[0]["subscription"]) == 4222


def test_deals_without_an_account_are_mapped_as_they_are_for_the_contract_to_refuse(
    session: Embedded,
) -> None:
    pipeline = records("maven_crm/sales_pipeline.csv")
    engaged = [deal for deal in pipeline if deal["engage_date"]]
    done = example(session, "maven_crm", "maven")["sales_pipeline -> opportunity"]
    assert done.accounted.filtered == {"not engaged yet": len(pipeline) - len(engaged)}
    nobody = sum("account_id" not in row for row in done.rows)
    assert nobody == sum(not deal["account"] for deal in engaged) == 1088


def test_products_of_the_pipeline_that_no_list_has_are_told(tmp_path: Path) -> None:
    """The pipeline writes GTXPro where the list of products has GTX Pro."""
    engaged = [deal for deal in records("maven_crm/sales_pipeline.csv") if deal["engage_date"]]
    listed = {product["product"] for product in records("maven_crm/products.csv")}
    strange = Counter(deal["product"] for deal in engaged if deal["product"] not in listed)
    assert list(strange) == ["GTXPro"]
    workspace = shutil.copytree(REPOSITORY / "examples/maven_crm", tmp_path / "maven_crm")
    definitions = lichen.open(workspace).definitions
    findings = {finding.code: finding for finding in load(workspace, definitions).findings}
    assert findings["unlisted_opportunity_product"].count == strange["GTXPro"]


def test_a_company_on_two_lists_is_one_company_however_its_domain_is_written(
    session: Embedded,
) -> None:
    done = example(session, "account_mapping_toy", "partner_lists")
    ids = [row["account_id"] for row in done["companies on the lists"].rows]
    assert len(ids) == len(set(ids)) == 11
    assert "partner_lists:acmefreight.example" in ids
    assert "partner_lists:dovetail-bank.example" in ids

"""Tables of a connector, as its public seeds spell them, are found and read.

Their values are junk: what is held here is that tables, columns and kinds fit, not the rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from sample_tables import maps_done

from lichen.engines.embedded import Embedded

SAMPLES = os.environ.get("LICHEN_SAMPLE_DATA")
needs_samples = pytest.mark.skipif(not SAMPLES, reason="LICHEN_SAMPLE_DATA is not set")

READ = {
    "salesforce": "account partner opportunity opportunity_change lead involvement",
    "hubspot": "account partner opportunity opportunity_change lead ticket involvement",
    "stripe": "account subscription adjustment",
    "recurly": "account subscription adjustment",
    "zendesk": "account ticket",
}
"""The entities whose tables each folder of seeds has."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with Embedded(tmp_path_factory.mktemp("scratch")) as opened:
        yield opened


@needs_samples
@pytest.mark.parametrize("system", READ)
def test_the_tables_of_a_connector_are_read(session: Embedded, system: str) -> None:
    mapping = import_module(f"lichen.ledger.sources.{system}").SOURCE.mapping
    done = list(maps_done(session, mapping, Path(str(SAMPLES)) / "connector_seeds" / system))
    assert {each.entity for each in done} == set(READ[system].split())
    for each in done:
        told = each.accounted
        assert told.input + told.fanned_out == told.mapped + sum(told.filtered.values())

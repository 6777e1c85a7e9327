"""Whatever happens to the bytes of a raw file, its records are accounted for or it is refused."""

from __future__ import annotations

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from raw_folder import RawFolder, workbook, zipped

from lichen.kernel.errors import LichenError
from lichen.ledger.raw import Hints, read_raw

ROWS = [(place, f'Müller, "{place}" €', f"2024-01-{place:02}") for place in range(1, 9)]
CSV = "id,name,on\n" + "".join(
    '{},"{}",{}\n'.format(one, two.replace('"', '""'), three) for one, two, three in ROWS
)
LINES = "\n".join(json.dumps(dict(zip(("id", "name", "on"), row, strict=True))) for row in ROWS)
ARRAY = f"[{LINES.replace(chr(10), ', ')}]"


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": [1, 2, 3], "name": ["a", "b", "c"]}), out)
    return out.getvalue()


FILES = {
    "a.csv": CSV.encode(),
    "b.csv": CSV.encode("utf-16"),
    "c.csv": CSV.encode("cp1252"),
    "d.csv": ("Report\n\n" + CSV + "Total,,8\n").encode(),
    "e.csv": CSV.replace("\n", "\r").encode(),
    "f.csv.gz": gzip.compress(CSV.encode()),
    "g.zip": zipped({"a.csv": CSV, "b.jsonl": LINES}),
    "h.jsonl": LINES.encode(),
    "i.json": ARRAY.encode(),
    "j.xlsx": workbook({"S": [["id", "name", "on"], *map(list, ROWS)]}),
    "k.parquet": parquet(),
}
BYTES = st.one_of(st.sampled_from(list(b'",;\n\r\0{}[]\\ \xff\xc3')), st.integers(0, 255))


@st.composite
def damage(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes overwritten, taken out or doubled, or the end cut off."""
    found = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        if not found:
            break
        place = draw(st.integers(0, len(found) - 1))
        match draw(
            st.sampled_from(["overwrite", "overwrite", "overwrite", "remove", "double", "cut"])
        ):
            case "overwrite":
                found[place] = draw(BYTES)
            case "remove":
                del found[place : place + draw(st.integers(1, 20))]
            case "double":
                found[place:place] = found[place : place + draw(st.integers(1, 60))]
            case "cut":
                del found[place:]
    return bytes(found)


@pytest.mark.parametrize("name", sorted(FILES))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_record_is_a_row_or_rejected_or_the_file_is_refused(raw, name, data) -> None:
    path = raw.write(name, data.draw(damage(FILES[name])))
    try:
        for file in raw.files():
            read = read_raw(raw.session, raw.root, file, Hints())
            assert len(raw.rows(read)) + read.rejected == read.records
    except LichenError as error:
        assert error.next_step
    finally:
        path.unlink()


@pytest.mark.parametrize("name", ["a.csv", "c.csv", "h.jsonl"])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(40, 200), byte=st.sampled_from([0, 0xFF]))
def test_one_bad_byte_costs_few_records(raw: RawFolder, name: str, place: int, byte: int) -> None:
    data = bytearray(FILES[name])
    data[place] = byte
    read = raw.read(name, bytes(data))
    assert read.rejected <= 2
    assert len(raw.rows(read)) >= len(ROWS) - 2

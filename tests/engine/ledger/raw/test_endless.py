"""A line without an end, and a quote without one, take no more memory than any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lichen.ledger import csvlines
from lichen.ledger.csvtext import Careful

WRITTEN = 300
"""Megabytes of one line."""

READ = """
import resource, sys
from pathlib import Path
from lichen.engines.embedded import Embedded
from lichen.kernel.errors import LichenError
from lichen.ledger.raw import Hints, find_raw, read_raw
root = Path(sys.argv[1])
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
with Embedded(root / "scratch") as session:
    small = find_raw(root / "small", "small")
    for file in small:
        read_raw(session, root, file, Hints())
    before = peak()
    for file in find_raw(root / "large", "large"):
        try:
            read = read_raw(session, root, file, Hints())
            told = f"{read.records} {read.rejected} {read.rejects[0].reason}"
        except LichenError as error:
            told = str(error)
print(peak() - before, told.replace(chr(10), ' '))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "head", "told"),
    [
        ("a.csv", b"id,name\n1,x\n2,", "2 1 is a line over 16,777,216 bytes"),
        ("a.csv", b'id,name\n1,x\n2,"', "2 1 is a line over 16,777,216 bytes"),
        ("a.csv", b"", "has a header with a name of over 1,000 characters"),
        ("a.jsonl", b'{"a": 1}\n{"a": "', "2 1 is a line over 16,777,216 bytes"),
    ],
)
def test_an_endless_line_takes_little_memory(tmp_path: Path, name: str, head: bytes, told) -> None:
    for folder in ("small", "large"):
        (tmp_path / folder).mkdir()
    (tmp_path / "small" / name).write_bytes(b"id,name\n1,x\n" if name == "a.csv" else b'{"a": 1}\n')
    with (tmp_path / "large" / name).open("wb") as stream:
        stream.write(head)
        for _ in range(WRITTEN):
            stream.write(b"x" * (1 << 20))
    command = [sys.executable, "-c", READ, str(tmp_path)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    grown, found = out.split(" ", 1)
    assert int(grown) < 200
    assert told in found


@pytest.mark.slow
def test_a_quote_that_never_closes_takes_little_memory(tmp_path: Path) -> None:
    for folder in ("small", "large"):
        (tmp_path / folder).mkdir()
    (tmp_path / "small" / "a.csv").write_bytes(b"id,name\n1,x\n")
    line = b"1," + b"x" * 100_000 + b"\n"
    with (tmp_path / "large" / "a.csv").open("wb") as stream:
        stream.write(b'id,name\n1,"x\n')
        for _ in range(1000):
            stream.write(line)
    command = [sys.executable, "-c", READ, str(tmp_path)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    grown, found = out.split(" ", 1)
    assert found.strip() == "1001 1 has a field over 131,072 characters"
    assert int(grown) < 700


def test_only_the_lines_at_hand_are_held(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n" + b"\n" * (24 << 20) + b"1,Alder\n2\n")
    careful = Careful(path, 2)
    tracemalloc.start()
    rows = sum(batch.num_rows for batch in careful.batches())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (rows, careful.rejected) == (1, 1)
    # One number a line would already be 200 MB.
    assert peak < 400 << 20


PIECES = [b"a,b\r\n", b"\r", b"\n", b"1,2\r", b'3,"x\r\ny"\n', b"long" * 5, b"5,6"]


@pytest.mark.parametrize("chunk", range(1, 24))
def test_lines_are_the_same_wherever_the_file_is_cut(tmp_path: Path, monkeypatch, chunk) -> None:
    monkeypatch.setattr(csvlines, "CHUNK", chunk)
    path = tmp_path / "a.csv"
    for place in range(len(PIECES)):
        data = b"".join([*PIECES[place:], *PIECES[:place]])
        path.write_bytes(b"\xef\xbb\xbf" + data)
        source = csvlines.Lines(path)
        expected = data.splitlines(keepends=True)
        assert [source.line(at) for at in range(len(expected) + 1)] == [*expected, None]
        source.close()

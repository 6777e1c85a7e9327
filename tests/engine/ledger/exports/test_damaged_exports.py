"""Whatever happens to an export, every record is accounted for, or the load says why not.

`make fuzz` tries ten times as many; LICHEN_FUZZ sets the number.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lichen.kernel.errors import LichenError
from lichen.ledger import Ledger, load
from lichen.vocabulary.definitions import Definitions

TRIES = int(os.environ.get("LICHEN_FUZZ", "1000"))

MAPPING = """
[[map]]
entity = "account"
from = "accounts"
[map.columns]
account_id = "Id"
name = "Name"
created_on = "Since"
segment = { column = "Size", values = { S = "smb", M = "mid_market" }, other = "enterprise" }

[[map]]
entity = "subscription"
from = "lines"
[map.columns]
subscription_id = "Line"
account_id = "Account"
starts_on = "Start"
ends_on = "End"
arr_amount = "Value"
currency = { constant = "USD" }
[map.where]
"drafts" = { column = "State", not_in = ["draft"] }

[[map]]
entity = "involvement"
driving = "lines"
sql = '''
SELECT l._row, l.Line || '/' || p.Partner AS involvement_id, l.Account AS account_id,
       p.Partner AS partner_id, 'resold' AS role, l.Start AS starts_on
FROM lines l JOIN partners p ON p.Line = l.Line
'''
[map.columns]
starts_on = { format = "YYYY-MM-DD" }

[[map]]
entity = "partner"
from = "partners"
[map.columns]
partner_id = "Partner"
name = "Partner"
kinds = { constant = "reseller" }
"""

ACCOUNTS = "Id,Name,Since,Size\n" + "".join(
    f'{at},"Company, {at}",2020-01-{at + 10},{"SML"[at % 3]}\n' for at in range(8)
)
LINES = "Line;Account;Start;End;Value;State\n" + "".join(
    f"L{at};{at % 8};2021-0{at % 9 + 1}-15;;1.{at + 100},50;{'draft' if at == 5 else 'signed'}\n"
    for at in range(8)
)
PARTNERS = "Partner\tLine\nPine\tL1\nPlum\tL2\nPine\tL2\nÇam\tL9\n"
FILES = {"accounts.csv": ACCOUNTS, "lines.csv": LINES, "partners.tsv": PARTNERS}

Damage = Callable[[random.Random, bytes], bytes]


def flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def insert(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    odd = [b'"', b"\0", b"\r", b"\n\n", b";", b",", b"\t", b"\xff\xfe", b"\xef\xbb\xbf", b"=1+1"]
    return data[:at] + chance.choice(odd) * chance.randint(1, 3) + data[at:]


def swap_cells(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    parts = lines[at].split(b",")
    chance.shuffle(parts)
    lines[at] = b",".join(parts)
    return b"".join(lines)


def odd_cell(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    odd = [
        "31.02.2021",
        "12/13/2021",
        "1e999",
        "-0",
        "NaN",
        "#N/A",
        "€ 5",
        "ﬀ",
        "'; DROP",
        "99" * 20,
    ]
    old = chance.choice([b"2021", b"50", b"L1", b"1", b"S", b"Pine"])
    lines[at] = lines[at].replace(old, chance.choice(odd).encode(), 1)
    return b"".join(lines)


def shuffle_rows(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def repeat_row(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join([*lines, chance.choice(lines) * chance.randint(1, 3)])


def other_encoding(chance: random.Random, data: bytes) -> bytes:
    name = chance.choice(["utf-16", "utf-16-le", "cp1252", "utf-8-sig", "mac_roman", "utf-32"])
    return data.decode().encode(name, errors="replace")


def title(chance: random.Random, data: bytes) -> bytes:
    return b"Report of everything\n\n" + data + b"\nTotal 8\n"


DAMAGES: tuple[Damage, ...] = (
    flip, cut, insert, swap_cells, odd_cell, shuffle_rows, repeat_row, other_encoding, title,
)  # fmt: skip


def written(root: Path, files: dict[str, bytes]) -> None:
    folder = root / "raw" / "crm"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (root / "mappings").mkdir(exist_ok=True)
    (root / "mappings" / "crm.toml").write_text(MAPPING)


def identities_hold(ledger: Ledger) -> None:
    rows = ledger.accounting.to_pylist()
    for row in rows:
        if row["level"] == "file":
            assert row["records"] == row["parsed"] + row["rejected"]
        if row["level"] == "mapping":
            assert row["input"] + row["fanned_out"] == row["mapped"] + row["filtered"]
            told = sum(
                one["filtered"] for one in rows
                if one["level"] == "filter" and one["name"].startswith(row["name"] + ": ")
            )  # fmt: skip
            assert told == row["filtered"]
    for row in (one for one in rows if one["level"] == "entity"):
        mapped = [o for o in rows if o["level"] == "mapping" and o["entity"] == row["entity"]]
        assert row["mapped"] == sum(one["mapped"] for one in mapped)
        assert row["mapped"] == row["accepted"] + row["quarantined"] + row["duplicates"]
        quarantined = {
            (one["file"], one["record"])
            for one in ledger.quarantine.to_pylist()
            if one["entity"] == row["entity"]
        }
        assert len(quarantined) <= row["quarantined"] + sum(
            one["rejected"] or 0 for one in rows if one["level"] == "file"
        )


def tried(root: Path, seed: int) -> bool:
    """One damaged workspace, loaded; whether it gave a ledger."""
    chance = random.Random(seed)
    files = {name: text.encode() for name, text in FILES.items()}
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(list(files))
        try:
            files[name] = chance.choice(DAMAGES)(chance, files[name] or b"x")
        except (UnicodeError, IndexError, ValueError):
            continue  # This damage needs whole text, which an earlier one took away.
    written(root, files)
    try:
        identities_hold(load(root, Definitions()))
    except LichenError as error:
        assert "fault of Lichen" not in str(error)
        assert "embedded engine" not in str(error), f"seed {seed}: {error}"
        return False
    return True


def test_the_sound_workspace_loads(tmp_path: Path) -> None:
    written(tmp_path, {name: text.encode() for name, text in FILES.items()})
    ledger = load(tmp_path, Definitions())
    identities_hold(ledger)
    assert ledger.rows == {"account": 8, "subscription": 7, "involvement": 3, "partner": 3}


@pytest.mark.parametrize("seed", range(25))
def test_damage_is_accounted_for(tmp_path: Path, seed: int) -> None:
    tried(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.fault
def test_much_damage_is_accounted_for(tmp_path: Path) -> None:
    loaded = 0
    for seed in range(1000, 1000 + TRIES):
        loaded += tried(tmp_path, seed)
        shutil.rmtree(tmp_path / ".lichen")
    assert loaded > TRIES // 5

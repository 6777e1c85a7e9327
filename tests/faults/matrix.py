"""The faults that are tried, one a row: what happens, who is served what, what is said.

`docs/faults.md` shows the same rows; `…` in what is printed stands for anything.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.faults.child import NEXT
from tests.faults.workspaces import Told, Workspace, lichen, start
from tests.stories.harbor import subscriptions, write_csv

LATEST, EARLIER, NEW = "the latest run", "the run before it", "the new run"
RIGHT = "right"


@dataclass(frozen=True)
class Fault:
    """A row: `happens` breaks something and gives what was said; `mended` undoes what stays broken.

    `readers` is the run that govern, measure and explain serve while it is broken, `printed` what
    the run or they say, `code` how the run ends (None where none was started).
    """

    name: str
    happens: Callable[[Workspace], Told]
    readers: str
    printed: str
    code: int | None = 2
    mended: Callable[[Workspace], None] = field(default=lambda workspace: None)
    next_run: str = RIGHT


PAGE = 4096
NOTHING = Told(0, "", "")
FULL = "Check that the path is right, that you may write there and that its disk has room."


def _run(disturbance: str = "none") -> Callable[[Workspace], Told]:
    return lambda workspace: lichen(disturbance, "run", workspace.root)


def _file_size(limit: int) -> Fault:
    printed = {
        0: f"lichen: ….lichen/lock.holder: File too large. {FULL}",
        1_000: "The embedded engine stopped: IO Error: Could not write file …rows.parquet…: "
        "File too large. Check free memory and disk space",
        3_000: "The embedded engine stopped: IO Error: Could not write file …tables/…: "
        "File too large. Check free memory and disk space",
        20_000: f"lichen: …runs/…figures.parquet: Error writing bytes to file. …. {FULL}",
        60_000: "Published …; the page was not written: …scorecard.html: File too large. Once "
        "that is mended, `lichen govern` writes it.",
    }[limit]
    published = limit == 60_000
    return Fault(
        f"no file may grow beyond {limit:,} bytes (RLIMIT_FSIZE)",
        _run(f"file_size={limit}"),
        NEW if published else LATEST,
        printed,
        code=0 if published else 2,
    )


def _full_disk(workspace: Workspace) -> Told:
    runs, aside = workspace.root / "runs", workspace.root / "runs-aside"
    runs.rename(aside)
    runs.mkdir()
    held = sum(-(-path.stat().st_size // PAGE) * PAGE for path in aside.rglob("*"))
    if not _mounted(runs, f"size={held + 4 * PAGE}"):
        pytest.skip("a small disk can be mounted by root only; RLIMIT_FSIZE stands in for it")
    shutil.copytree(aside, runs, dirs_exist_ok=True)
    return lichen("none", "run", workspace.root)


def _room(workspace: Workspace) -> None:
    assert _mounted(workspace.root / "runs", "remount,size=64m")


def _mounted(place: Path, options: str) -> bool:
    asked = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    return shutil.which("mount") is not None and subprocess.run(asked).returncode == 0


def unmount(workspace: Workspace) -> None:
    """Take a small disk away again, where there is one."""
    if (workspace.root / "runs").is_mount():
        subprocess.run(["umount", str(workspace.root / "runs")], check=True)


def _read_only(*places: str) -> Callable[[Workspace], Told]:
    def happens(workspace: Workspace) -> Told:
        for place in places:
            _permit(workspace.root / place, 0o555)
        return lichen("none", "run", workspace.root)

    return happens


def _writable(workspace: Workspace) -> None:
    _permit(workspace.root, 0o755)


def _permit(top: Path, mode: int) -> None:
    for folder in [top, *(path for path in top.rglob("*") if path.is_dir())]:
        folder.chmod(mode)


def _second_run(workspace: Workspace) -> Told:
    first = start("hold", "run", workspace.root)
    assert first.stdout is not None and first.stdout.readline() == "held\n"
    second = lichen("none", "run", workspace.root)
    _, err = first.communicate("")
    assert first.returncode == 0, err
    assert f"process {first.pid}" in second.err
    return second


def _holder_killed(workspace: Workspace) -> Told:
    assert lichen("kill", "run", workspace.root).code == -9
    assert (workspace.root / ".lichen" / "lock.holder").is_file()
    return lichen("none", "run", workspace.root)


def _rewritten(disturbance: str) -> Callable[[Workspace], Told]:
    def happens(workspace: Workspace) -> Told:
        write_csv(workspace.root / NEXT, subscriptions())
        return lichen(disturbance, "run", workspace.root)

    return happens


def _feeds_back(workspace: Workspace) -> None:
    source = workspace.root.with_name("untouched") / "feeds"
    shutil.rmtree(workspace.root / "feeds", ignore_errors=True)
    shutil.copytree(source, workspace.root / "feeds")


def emptied(path: Path) -> None:
    """Leave the name and no bytes."""
    path.write_bytes(b"")


def cut(path: Path) -> None:
    """Leave the first half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    """Change one byte in the middle and leave the size as it is."""
    content = bytearray(path.read_bytes())
    if content:
        content[len(content) // 2] ^= 0x55
        path.write_bytes(content)


def _cache(damage: Callable[[Path], None]) -> Callable[[Workspace], Told]:
    def happens(workspace: Workspace) -> Told:
        # Unchanged feeds: the run would take everything from the cache.
        write_csv(workspace.root / "feeds" / "subscription.csv", subscriptions())
        for path in (workspace.root / ".lichen").rglob("*"):
            if path.is_file():
                damage(path)
        return lichen("none", "explain", workspace.root, workspace.level, "--accounts")

    return happens


def _feeds_of_the_next_month(workspace: Workspace) -> None:
    shutil.copy(workspace.root / NEXT, workspace.root / "feeds" / "subscription.csv")


def _at_rest(name: str, damage: Callable[[Path], object], printed: str) -> Fault:
    """Damage to `name` in the latest run or, where it says so, in `runs/`; readers say it."""

    def happens(workspace: Workspace) -> Told:
        inside = "" if name in ("latest", "") else name
        run = workspace.root / "runs" / workspace.latest
        damage(workspace.root / "runs" / "latest" if name == "latest" else run / inside)
        return NOTHING

    what = {"latest": "the pointer", "": "the latest run"}.get(name, f"the latest run's {name}")
    return Fault(f"{what} is {_done(damage)}", happens, EARLIER, printed, code=None)


def _done(damage: Callable[[Path], object]) -> str:
    return {
        "cut": "cut",
        "emptied": "emptied",
        "flipped": "changed by one byte",
        "garbage": "garbage",
        "rmtree": "deleted",
    }[damage.__name__]


def garbage(path: Path) -> None:
    """Bytes that are no text."""
    path.write_bytes(bytes(range(128, 256)))


def _pointer(damage: Callable[[Path], object]) -> Fault:
    fault = _at_rest("latest", damage, "…runs/latest is missing or damaged. Showing run …")
    return Fault(fault.name, fault.happens, LATEST, f"{fault.printed} Publish a new run", code=None)


FAULTS: tuple[Fault, ...] = (
    *map(_file_size, (0, 1_000, 3_000, 20_000, 60_000)),
    Fault(
        "the disk that holds `runs/` is full (ENOSPC)",
        _full_disk,
        LATEST,
        "lichen: …runs/.staging-…: …No space left on device. Check that",
        mended=_room,
    ),
    Fault(
        "the workspace may only be read",
        _read_only("."),
        LATEST,
        f"lichen: ….lichen/lock.holder…: Permission denied. {FULL}",
        mended=_writable,
    ),
    Fault(
        "`runs/` may only be read",
        _read_only("runs"),
        LATEST,
        f"lichen: …runs/.staging-…: Permission denied. {FULL}",
        mended=_writable,
    ),
    Fault(
        "`.lichen/` may only be read",
        _read_only(".lichen"),
        LATEST,
        f"lichen: ….lichen/lock.holder…: Permission denied. {FULL}",
        mended=_writable,
    ),
    Fault(
        "a second run starts beside the first",
        _second_run,
        NEW,
        "lichen: The workspace … is locked by `lichen run` (process … on …, since …). Wait for it "
        "to end and try again",
    ),
    Fault(
        "the run that held the lock was killed",
        _holder_killed,
        NEW,
        "",
        code=0,
    ),
    Fault(
        "the clock is moved back three days",
        _run("days=-3"),
        NEW,
        "The clock says … UTC, but run … was published later than that. This run is numbered "
        "after it; set the clock right.",
        code=0,
    ),
    Fault(
        "a feed is rewritten between plan and read",
        _rewritten("rewrite@planned"),
        LATEST,
        "The feeds changed while the run began: … Nothing was published. Run again when the "
        "export has finished.",
        mended=_feeds_back,
    ),
    Fault(
        "a feed is rewritten while it is read",
        _rewritten("rewrite@reading"),
        LATEST,
        "subscription.csv changed while being read. Wait until the export has finished and load "
        "again.",
        mended=_feeds_back,
    ),
    Fault(
        "the folder of feeds vanishes before it is read",
        _run("vanish@planned"),
        LATEST,
        "There is no CSV or Parquet file in …feeds. Put one file per entity there",
        mended=_feeds_back,
    ),
    Fault(
        "the folder of feeds vanishes while it is read",
        _run("vanish@reading"),
        LATEST,
        "subscription.csv, … changed while being read. Wait until the export has finished and "
        "load again.",
        mended=_feeds_back,
    ),
    *(
        Fault(
            f"every file of the cache is {_done(damage)}",
            _cache(damage),
            LATEST,
            "The accounts behind figure … cannot be listed: the ledger … that run … names is not "
            "as it was written. Build it again with `lichen instrument …`",
            mended=_feeds_of_the_next_month,
            next_run="right, from unchanged feeds too",
        )
        for damage in (emptied, cut, flipped)
    ),
    *map(_pointer, (emptied, cut, garbage)),
    _at_rest(
        "",
        shutil.rmtree,
        "Run …, the latest, is no longer in …runs. Showing run … instead, as of …. Publish a "
        "new run with `lichen run …`.",
    ),
    *(
        _at_rest(
            "manifest.json",
            damage,
            f"Run … is damaged: manifest.json {told}. Showing run … instead, as of …. Publish a "
            "new run with `lichen run …`.",
        )
        for damage, told in ((cut, "cannot be read (…)"), (flipped, "…"))
    ),
    *(
        _at_rest(
            "figures.parquet",
            damage,
            "Run … is damaged: figures.parquet does not hold the bytes that were published. "
            "Showing run … instead, as of …. Publish a new run with `lichen run …`.",
        )
        for damage in (cut, flipped)
    ),
)


def says(printed: str, text: str) -> bool:
    """Whether the text holds this, `…` standing for anything; line ends count as spaces."""
    pattern = ".*".join(re.escape(part) for part in printed.split("…"))
    return re.search(pattern, " ".join(text.split())) is not None

"""The folder that is filled: what an earlier simulation wrote goes, anything else stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from lichen.kernel.errors import LichenError
from lichen.simulation.settings import FEEDS, Settings

RECORD = "simulation.json"
FORMATS = ("parquet", "csv")


class FeedsOfSomeoneElse(LichenError):
    """The folder already holds feeds that no simulation wrote."""

    def __init__(self, folder: Path, found: Sequence[str]) -> None:
        self.folder, self.found = folder, tuple(found)
        super().__init__(
            f"{folder} already holds feeds that no simulation wrote: {', '.join(found)}.",
            "Choose another folder, or move them away first.",
        )


def settings_as_json(settings: Settings) -> dict[str, object]:
    """The settings that facts depend on, and the true effects."""
    return {
        "accounts": settings.accounts,
        "months": settings.months,
        "seed": settings.seed,
        "end": settings.calendar.end.isoformat(),
        "history": settings.history,
        "confounding": settings.confounding,
        "partners_after": settings.partners_after,
        "effects": settings.effects.as_json(),
    }


def prepare(folder: Path, settings: Settings, feeds: Sequence[str]) -> None:
    """Clear away the files of an earlier simulation, and record which ones this one writes.

    Raises:
        FeedsOfSomeoneElse: there are feeds of simulated entities that no simulation recorded.
    """
    record = folder / RECORD
    mine = json.loads(record.read_text())["files"] if record.exists() else []
    candidates = [f"feeds/{entity}.{kind}" for entity in FEEDS for kind in FORMATS]
    strange = [name for name in candidates if name not in mine and (folder / name).exists()]
    if strange:
        raise FeedsOfSomeoneElse(folder, strange)
    for name in mine:
        (folder / name).unlink(missing_ok=True)
    files = [f"feeds/{entity}.{settings.format}" for entity in feeds]
    if settings.truth:
        tables = ("exposures", "monthly", "milestones", "quarters", "partners")
        files += [f"truth/{name}.parquet" for name in tables] + ["truth/parameters.json"]
    folder.mkdir(parents=True, exist_ok=True)
    content = {key: value for key, value in settings_as_json(settings).items() if key != "effects"}
    record.write_text(json.dumps({**content, "files": files}, indent=2) + "\n")


def write_parameters(folder: Path, settings: Settings) -> None:
    """The effects behind the truth, beside it."""
    text = json.dumps(settings_as_json(settings), indent=2)
    (folder / "truth" / "parameters.json").write_text(text + "\n")

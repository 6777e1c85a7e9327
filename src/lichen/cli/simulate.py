"""`lichen simulate`: make an ecosystem whose true partner effects are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lichen.simulation import Settings

Truth = Annotated[
    bool, typer.Option("--truth", help="Also write truth/: each exposure with and without.")
]
Confounding = Annotated[
    str, typer.Option(help="Why partners come where they come: observed, hidden or none.")
]
PartnersAfter = Annotated[int, typer.Option(help="Months as a customer before any partner comes.")]
HaveEffects = Annotated[
    bool, typer.Option(help="Partners change outcomes; with --no-effects they change nothing.")
]
Entities = Annotated[str | None, typer.Option(help="Only these feeds, separated by commas.")]


def simulate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Workspace folder to fill.")],
    accounts: Annotated[int, typer.Option(help="Number of accounts.")] = 2000,
    months: Annotated[int, typer.Option(help="Months of history.")] = 36,
    seed: Annotated[int, typer.Option(help="Same seed, same facts.")] = 7,
    truth: Truth = False,
    end: Annotated[str, typer.Option(help="Last month of fact, YYYY-MM.")] = "2026-10",
    format: Annotated[str, typer.Option(help="parquet or csv.")] = "parquet",
    history: Annotated[bool, typer.Option(help="Write dated changes of segment.")] = True,
    confounding: Confounding = "observed",
    partners_after: PartnersAfter = 0,
    effects: HaveEffects = True,
    entities: Entities = None,
) -> None:
    """Fill DIR/feeds with a made-up ecosystem: accounts, contracts, usage, partners.

    Partners truly change renewal, expansion, time to value, adoption and cost, and they come more
    often to larger, healthier accounts, so a plain split misleads. With --truth, DIR/truth holds
    what each account would have done without each partner.
    """
    from lichen.simulation import FEEDS, Effects, Settings
    from lichen.simulation.settings import month_named

    settings = Settings(
        accounts=accounts,
        months=months,
        seed=seed,
        end=month_named(end),
        truth=truth,
        history=history,
        format=format,
        confounding=confounding,
        partners_after=partners_after,
        effects=Effects() if effects else Effects.none(),
        entities=FEEDS if entities is None else tuple(entities.replace(" ", "").split(",")),
    )
    _fill(folder, settings)


def _fill(folder: Path, settings: Settings) -> None:
    from lichen.cli.progress_bar import watched
    from lichen.simulation import simulate as run
    from lichen.vocabulary.init import FILE, write_template

    with watched() as progress:
        rows = run(folder, settings, progress=progress)
    width = max(len(name) for name in rows)
    for name, count in rows.items():
        typer.echo(f"{name:<{width}} {count:>12,} rows")
    written = f"Written to {folder / 'feeds'}"
    typer.echo(written + (f" and {folder / 'truth'}" if settings.truth else ""))
    if not (folder / FILE).exists():
        typer.echo(f"Definitions at their defaults: {write_template(folder)}")
    typer.echo(f"Next: lichen run {folder}")


command = simulate

"""Picking published figures by metric, groups and window; nothing is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lichen.kernel.errors import UnknownName
from lichen.runs import Run
from lichen.vocabulary.dimensions import DIMENSIONS, NOT_LIKE_FOR_LIKE
from lichen.vocabulary.figure import parse_groups
from lichen.vocabulary.metrics import METRICS, Base
from lichen.workspace.errors import NothingNamed, UnpublishedGroups, UnpublishedMetric
from lichen.workspace.figures import FigureTable
from lichen.workspace.naming import WINDOWS, Names, check_known, names, one_name

if TYPE_CHECKING:
    import pyarrow as pa


def select(
    run: Run, metric: Names = None, by: Names = None, window: str | None = None
) -> FigureTable:
    """The run's figures of these metrics, by exactly these dimensions, in this window.

    None means no restriction; `by=()` or `by=""` the whole base only. `window` names the window
    of this kind that closes with the run; without it every month end is there.

    Raises:
        WrongKind, NothingNamed: an argument that names nothing.
        UnknownName, UnknownNames: a metric, dimension or window that Lichen does not know.
        UnpublishedGroups, UnpublishedMetric: known, but not in this run.
    """
    metrics, dimensions = _metrics(metric), _dimensions(by)
    figures = run.figures()
    check_known(
        ("metric", metrics, set(METRICS) | set(figures["metric"].unique().to_pylist())),
        ("dimension", dimensions or (), DIMENSIONS),
        ("window", () if window is None else one_name("window", window), WINDOWS),
    )
    chosen = _of_metrics(figures, metrics, run)
    if dimensions is not None:
        chosen = _by(chosen, dimensions)
    if window is not None:
        chosen = _in_window(chosen, run, window)
    if not chosen.num_rows and metrics:
        raise UnpublishedMetric(", ".join(metrics), run.run_id, _asked(dimensions, window))
    return as_table(run, chosen, note=_note(dimensions))


def as_table(run: Run, figures: pa.Table, note: str | None = None) -> FigureTable:
    """Figures of a run with the currency, rules and warning that they are shown with."""
    from lichen.vocabulary.definitions import Scorecard

    rules = Scorecard.model_validate(
        {
            key: value
            for key, value in run.manifest["definitions"]["content"]["scorecard"].items()
            if key in Scorecard.model_fields
        }
    )
    return FigureTable(figures, currency=run.currency, rules=rules, note=note, warning=run.warning)


def _metrics(given: Names) -> tuple[str, ...]:
    found = names("metric", given)
    if given is not None and not found:
        raise NothingNamed("metric", given)
    return found


def _dimensions(given: Names) -> tuple[str, ...] | None:
    if given is None:
        return None
    return names("dimension", given) if given != "" else ()


def _of_metrics(figures: pa.Table, metrics: tuple[str, ...], run: Run) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not metrics:
        return figures
    chosen = figures.filter(pc.is_in(figures["metric"], value_set=pa.array(metrics, pa.string())))
    missing = set(metrics) - set(chosen["metric"].unique().to_pylist())
    if missing:
        known = [METRICS[name] for name in sorted(missing) if name in METRICS]
        raise UnpublishedMetric(
            ", ".join(sorted(missing)),
            run.run_id,
            "at all",
            [(entity, each.page) for each in known for entity in each.entities],
        )
    return chosen


def _by(figures: pa.Table, dimensions: tuple[str, ...]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = figures["groups"].unique().to_pylist()
    keys = {text: tuple(sorted(parse_groups(text))) for text in texts}
    wanted = [text for text in texts if keys[text] == tuple(sorted(dimensions))]
    if not wanted:
        raise UnpublishedGroups(dimensions, set(keys.values()))
    return figures.filter(pc.is_in(figures["groups"], value_set=pa.array(wanted, pa.string())))


def _in_window(figures: pa.Table, run: Run, kind: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind not in run.windows:
        raise UnknownName("window", kind, run.windows, f"run {run.run_id}")
    window = run.windows[kind]
    # A level on the closing day has no length, and belongs to every window that closes there.
    is_level = pc.equal(figures["base"], pa.scalar(Base.ACCOUNTS.value))
    opens = pc.or_(is_level, pc.equal(figures["window_from"], window.opens_on))
    return figures.filter(pc.and_(opens, pc.equal(figures["window_to"], window.closes_on)))


def _asked(dimensions: tuple[str, ...] | None, window: str | None) -> str:
    parts = [
        f"by {' and '.join(dimensions)}" if dimensions else "",
        f"in window {window}" if window else "",
    ]
    return " ".join(part for part in parts if part) or "at all"


def _note(dimensions: tuple[str, ...] | None) -> str | None:
    split_by_partners = any(DIMENSIONS[name].partner_side for name in dimensions or ())
    return NOT_LIKE_FOR_LIKE if split_by_partners else None

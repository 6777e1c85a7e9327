"""Pictures of comparisons as data: effects, balance, overlap, who is measured, partners ranked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lichen.kernel.money import currency_digits
from lichen.reports.comparison_tables import (
    balance_table,
    counted,
    counts_table,
    estimates_table,
    overlap_table,
    ranks_table,
)
from lichen.reports.comparison_words import (
    covariate_words,
    interval99,
    is_readable,
    reason_words,
    tone_of,
    verdict_word,
)
from lichen.reports.document import Picture, Table
from lichen.reports.format import format_count
from lichen.reports.ticks import round_ticks
from lichen.scorecards.labels import group_label
from lichen.scorecards.similar import READABLE, ExposureView, outcome_noun, outcome_title
from lichen.value.comparison.result import BalanceRow, Comparison, PartnerRank
from lichen.vocabulary.figure import Verdict
from lichen.vocabulary.metrics import METRICS, Unit

MOST_COVARIATES = 14
"""Covariates drawn, the farthest apart; the table holds every one."""

MOST_PARTNERS, MOST_UNTOLD = 16, 5
"""Partners drawn, and of them those of whom nothing can be said; the table holds every one."""

_REASON = 164
"""Pixels of the reasons for which accounts are left out."""

LESS = "\N{DOWNWARDS ARROW}"
"""Stands behind outcomes of which less is better."""

_UNITS = {
    Unit.RATIO: ("rates", "points"),
    Unit.DAYS: ("waits", "days"),
    Unit.MONTHS: ("spans", "months"),
    Unit.MONEY: ("amounts", ""),
    Unit.SCORE: ("scores", "points of the score"),
    Unit.NUMBER: ("counts", "in number"),
    Unit.COUNT: ("counts", "in number"),
}


def effects_picture(
    view: ExposureView, unit: str, comparisons: Sequence[Comparison], currency: str
) -> Picture:
    """One dot and interval for each outcome of this unit, the plain split hollow beside it."""
    noun, measure = _UNITS.get(Unit(unit), ("outcomes", ""))
    rows = [_effect_row(each, currency) for each in comparisons]
    less = f"; {LESS} less is better" if any(each.direction < 0 for each in comparisons) else ""
    said = [f"{outcome_title(each.outcome)}: {verdict_word(each.verdict)}" for each in comparisons]
    title = said[0] if len(said) == 1 else f"Of {len(said)} {noun}: {tally(comparisons)}"
    return _dotted(
        f"effects-{_slug(view.name)}-{unit}",
        title,
        f"Difference in {measure or currency} from similar accounts, {view.horizon} months: plain "
        f"split hollow, like for like solid with its 99% interval{less}",
        rows,
        estimates_table(view, comparisons, currency),
        unit,
        "; ".join(each.sentence for each in comparisons),
    )


def ranking_picture(
    ranks: Sequence[PartnerRank], currency: str, names: Mapping[str, str]
) -> Picture:
    """Partners by the shrunk estimate; hollow is what their own accounts alone say."""
    outcome = ranks[0].outcome
    known = METRICS.get(outcome)
    unit = str(known.unit) if known else str(Unit.RATIO)
    told = sum(rank.verdict in READABLE for rank in ranks)
    shown = ranks[: min(MOST_PARTNERS, told + MOST_UNTOLD)]
    few = sum(rank.verdict not in READABLE for rank in ranks)
    apart = sum(rank.verdict in (Verdict.HELPS, Verdict.HURTS) for rank in ranks)
    thin = f"; of {few} nothing can be said" if few else ""
    return _dotted(
        f"partners-{_slug(outcome)}",
        f"{apart} of {len(ranks)} partners {'stands' if apart == 1 else 'stand'} out on "
        f"{outcome_noun(outcome)}{thin}",
        f"Difference in {_UNITS[Unit(unit)][1] or currency}, like for like: own accounts alone "
        "hollow; solid with its interval, drawn towards the average of their kind by how little "
        "is known",
        _distinct([_rank_row(rank, unit, currency, names) for rank in shown]),
        ranks_table(ranks, unit, currency, names),
        unit,
        "; ".join(f"{names.get(each.partner_id, each.partner_id)}: "
                  f"{verdict_word(each.verdict)}" for each in ranks),
    )  # fmt: skip


def love_picture(view: ExposureView) -> Picture | None:
    """How far the arms were and are apart; None where nothing was matched."""
    held = view.widest
    if not held.balance:
        return None
    order = sorted(held.balance, key=_distance, reverse=True)
    shown = order[:MOST_COVARIATES]
    more = len(order) - len(shown)
    limit = max(row.limit for row in shown)
    distances = [_distance(row) for row in shown]
    return Picture(
        name=f"balance-{_slug(view.name)}",
        kind="love",
        title=_alike(held.balance),
        subtitle="Standardised difference before matching hollow, after solid; dashed: the limit"
        + (f"; {more} covariates nearer than these are in the table" if more else ""),
        description="; ".join(
            f"{_covariate(row)}: {_two(row.before)} before, {_two(row.after)} after"
            for row in held.balance
        ),
        rows=_distinct([_balance_row(row) for row in shown]),
        table=balance_table(view),
        options={"limit": limit, "most": max([*distances, limit]) * 1.08},
    )


def overlap_picture(view: ExposureView) -> Picture | None:
    """Where the arms stand on the chance of having the partner; None where none was estimated."""
    held = view.widest
    arms = held.overlap
    if arms is None or not sum(arms.exposed) or not sum(arms.controls):
        return None
    above, below = sum(arms.exposed), sum(arms.controls)
    bins = len(arms.exposed)
    rows = [
        {
            "from": place / bins,
            "to": (place + 1) / bins,
            "exposed": exposed / above,
            "matched": matched / above,
            "controls": -controls / below,
        }
        for place, (exposed, controls, matched) in enumerate(
            zip(arms.exposed, arms.controls, arms.matched, strict=True)
        )
    ]
    reach = max(max(row["exposed"], -row["controls"]) for row in rows)
    until = max(row["to"] for row in rows if row["exposed"] or row["controls"])
    share = held.counts.matched / held.counts.exposed if held.counts.exposed else 0.0
    labels = [
        {"text": f"{counted(held.counts.exposed, 'account')} with the partner", "at": reach * 0.9},
        {"text": f"{format_count(held.counts.pool)} comparable", "at": -reach * 0.9},
    ]
    return Picture(
        name=f"overlap-{_slug(view.name)}",
        kind="overlap",
        title=f"{share:.0%} of accounts with the partner have a similar one",
        subtitle="By estimated chance of having the partner, each arm in shares of itself; pale: "
        "without a match",
        description=f"{labels[0]['text']}, {labels[1]['text']}; {share:.0%} matched.",
        rows=rows,
        table=overlap_table(view),
        options={"reach": reach * 1.05, "labels": labels, "until": until},
    )


def measured_picture(view: ExposureView) -> Picture:
    """Every account seen with the partner: measured, or left out and why."""
    counts, parts = view.widest.counts, seen(view)
    every = sum(parts.values())
    return Picture(
        name=f"measured-{_slug(view.name)}",
        kind="bars",
        title=f"{format_count(counts.matched)} of {counted(every, 'account')} seen with the "
        "partner are measured",
        subtitle="The others are left out, and nothing is said of them",
        description="; ".join(f"{name}: {format_count(count)}" for name, count in parts.items()),
        rows=[
            {"title": name, "value": float(count), "shown": format_count(count)}
            for name, count in parts.items()
        ],
        table=counts_table(view, parts),
        options={"names": _REASON},
    )


def seen(view: ExposureView) -> dict[str, int]:
    """Accounts seen with the partner: measured, then left out by reason; each is in one count."""
    counts = view.widest.counts
    return {
        "Measured": counts.matched,
        "No similar account": counts.unmatched,
        "Partner from the start": counts.prevalent,
        **{reason_words(reason): count for reason, count in counts.reasons.items()},
    }


def tally(comparisons: Iterable[Comparison]) -> str:
    """`2 helps, 1 no clear effect`, in the order in which verdicts are looked for."""
    counts = Counter(each.verdict for each in comparisons)
    order = (
        Verdict.HELPS,
        Verdict.HURTS,
        Verdict.NO_CLEAR_EFFECT,
        Verdict.NOT_COMPARABLE,
        Verdict.NOT_ENOUGH_DATA,
        Verdict.MEASURED,
    )
    told = [verdict for verdict in order if counts[verdict]]
    return ", ".join(f"{counts[verdict]} {_plural(verdict, counts[verdict])}" for verdict in told)


def _plural(verdict: Verdict, count: int) -> str:
    claims = {Verdict.HELPS: "help", Verdict.HURTS: "hurt"}
    return claims[verdict] if count > 1 and verdict in claims else verdict_word(verdict)


def _dotted(
    name: str,
    title: str,
    subtitle: str,
    rows: list[dict[str, Any]],
    table: Table,
    unit: str,
    description: str,
) -> Picture:
    ends = [row[key] for row in rows for key in ("hollow", "value", "low", "high")]
    low, high, ticks = round_ticks([0.0, *(end for end in ends if end is not None)])
    fine = ticks[1] - ticks[0] < 1 if len(ticks) > 1 else True
    form = "+.2~s" if unit == Unit.MONEY else ("+.1f" if fine else "+,.0f")
    return Picture(
        name=name,
        kind="effects",
        title=title,
        subtitle=subtitle,
        description=description,
        rows=rows,
        table=table,
        options={"scale": (low, high), "ticks": ticks, "format": form},
    )


def _effect_row(comparison: Comparison, currency: str) -> dict[str, Any]:
    held = comparison
    shown = is_readable(held)
    low, high = interval99(held)
    lower = "" if held.direction >= 0 else f" {LESS}"
    scale = _factor(held.unit, currency)
    return {
        "title": f"{outcome_title(held.outcome)}{lower}",
        "hollow": _times(held.naive.value, scale),
        "value": _times(held.matched.value, scale) if shown else None,
        "low": _times(low, scale) if shown else None,
        "high": _times(high, scale) if shown else None,
        "tone": str(tone_of(held.verdict)),
        "word": verdict_word(held.verdict),
    }


def _rank_row(
    rank: PartnerRank, unit: str, currency: str, names: Mapping[str, str]
) -> dict[str, Any]:
    scale = _factor(unit, currency)
    shown = rank.verdict in READABLE
    label = group_label("partner", rank.partner_id, names)
    return {
        "title": f"{label} · {format_count(rank.matched)}",
        "hollow": _times(rank.value, scale) if shown else None,
        "value": _times(rank.shrunk, scale) if shown else None,
        "low": _times(rank.shrunk_low, scale) if shown else None,
        "high": _times(rank.shrunk_high, scale) if shown else None,
        "tone": str(tone_of(rank.verdict)),
        "word": verdict_word(rank.verdict),
    }


def _balance_row(row: BalanceRow) -> dict[str, Any]:
    return {
        "title": _covariate(row),
        "before": None if row.before is None else abs(row.before),
        "after": None if row.after is None else abs(row.after),
        "tone": "good" if row.passes else "bad",
    }


def _alike(balance: Sequence[BalanceRow]) -> str:
    apart = [row for row in balance if not row.passes]
    limit = max(row.limit for row in balance)
    if not apart:
        return f"Alike after matching: all {len(balance)} covariates within {limit:.2f}"
    farthest = max(apart, key=lambda row: abs(row.after or 0.0))
    return (
        f"Not alike after matching: {_covariate(farthest)} still {abs(farthest.after or 0.0):.2f} "
        f"apart, {len(apart)} of {len(balance)} beyond the limit"
    )


def _covariate(row: BalanceRow) -> str:
    return covariate_words(row.covariate)


def _distance(row: BalanceRow) -> float:
    return max(abs(row.before or 0.0), abs(row.after or 0.0))


def _distinct(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two partners may share a name; an axis would draw them on one line."""
    seen: Counter[str] = Counter()
    for row in rows:
        seen[row["title"]] += 1
        if seen[row["title"]] > 1:
            row["title"] = f"{row['title']} ({seen[row['title']]})"
    return rows


def _factor(unit: str, currency: str) -> float:
    if unit == Unit.RATIO:
        return 100.0
    return 10.0 ** -currency_digits(currency) if unit == Unit.MONEY else 1.0


def _times(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale


def _two(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _slug(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text)

"""`Compared with similar accounts` on the page: the answer first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lichen.reports.comparison_pictures import (
    effects_picture,
    love_picture,
    measured_picture,
    overlap_picture,
    ranking_picture,
    seen,
    tally,
)
from lichen.reports.comparison_tables import (
    balance_table,
    counted,
    counts_table,
    estimates_table,
    matrix_table,
    short_table,
    words_of,
)
from lichen.reports.comparison_words import (
    difference,
    is_readable,
    span,
    tone_of,
    verdict_word,
)
from lichen.reports.document import (
    Abreast,
    Block,
    Claim,
    Command,
    Commands,
    Fact,
    Facts,
    Fold,
    Section,
    Sentence,
    Tone,
)
from lichen.reports.format import format_count, format_date, format_words
from lichen.scorecards.board import Board
from lichen.scorecards.similar import ADDING, ExposureView, Similar, outcome_noun
from lichen.value.comparison.result import Comparison
from lichen.vocabulary.figure import Verdict
from lichen.vocabulary.metrics import Unit

ANCHOR = "similar"
TITLE = "Compared with similar accounts"

NOT_COMPARED = (
    "This run holds no comparison with similar accounts: it was made with --without model, or by a "
    "version of Lichen that did not compare."
)
NOBODY = (
    "No account was seen to begin with a partner, so there is nothing to compare. Add "
    "feeds/involvement.csv and feeds/partner.csv, then run again."
)
OVERLAPPING = (
    "Exposures overlap: an account whose partner implements and trains is in both rows, so rows do "
    "not add up."
)


def comparison_section(board: Board) -> Section:
    """The section, whether or not the run compared anything."""
    held = board.similar
    if held.first is None:
        return _nothing(held, board.run.folder)
    blocks: list[Block] = [*view_blocks(held.first, board.run.currency)]
    ranked = [
        ranking_picture(ranks, board.run.currency, board.names) for ranks in held.ranks.values()
    ]
    if ranked:
        blocks.append(Abreast(tuple(ranked[:1]), ()))
    blocks += [Fold("More on partners", each.title, (each,)) for each in ranked[1:]]
    if len(held.views) > 1:
        blocks += _others(held, board.run.currency)
    asked = f"lichen model {board.run.folder} compare --exposure {held.first.exposure}"
    blocks.append(Commands((Command("Every estimator and count, or another question", asked),)))
    return Section(ANCHOR, TITLE, tuple(blocks), subtitle(held.first))


def comparison_sections(
    held: Similar, currency: str, names: Mapping[str, str]
) -> tuple[Section, ...]:
    """For a terminal: the first exposure with pictures and sentences, a table of each other."""
    sections = []
    for place, view in enumerate(held.views):
        blocks: list[Block] = [short_table(view, currency)]
        if not place:
            blocks += [
                effects_picture(view, unit, each, currency) for unit, each in view.by_unit.items()
            ]
            blocks += map(claim, view.comparisons)
            blocks += [
                Facts(tuple(facts(view, currency))),
                *map(_said, words_of(view.comparisons)),
            ]
        sections.append(Section(view.name, view.title, tuple(blocks), compared_with(view)))
    ranked = [ranking_picture(ranks, currency, names) for ranks in held.ranks.values()]
    if ranked:
        sections.append(Section("partners", "Partners", tuple(ranked)))
    return tuple(sections)


def _said(finding: str) -> Sentence:
    return Sentence(finding, Tone.THIN)


def subtitle(view: ExposureView) -> str:
    """The exposure, and what it is compared with."""
    return f"{view.title} · {compared_with(view)}"


def compared_with(view: ExposureView) -> str:
    """Against whom, in which quarters, and on how many accounts."""
    held = view.widest
    counts = held.counts
    quarters = "no quarter"
    if held.landmarks:
        first, last = (format_date(day) for day in (min(held.landmarks), max(held.landmarks)))
        count = len(held.landmarks)
        quarters = (
            f"{count} quarters that ended from {first} to {last}"
            if count > 1
            else f"a quarter that ended on {first}"
        )
        if held.design == "first_contract":
            quarters = f"first contracts in {quarters}"
    arms = "both arms with another partner before" if view.arms == ADDING else "against no partner"
    return (
        f"{arms} · {quarters} · {view.horizon} months after · "
        f"{format_count(counts.matched)} of {counted(counts.exposed, 'account')} matched to "
        f"{counted(counts.controls, 'similar account')}"
    )


def view_blocks(view: ExposureView, currency: str) -> Iterator[Block]:
    """One exposure: answer, effects beside balance, checks, then overlap and who is measured."""
    told = view.told
    yield claim(told)
    plain = plain_split(told, currency)
    if plain:
        yield Sentence(plain, Tone.THIN)
    effects = tuple(
        effects_picture(view, unit, held, currency) for unit, held in view.by_unit.items()
    )
    love = love_picture(view)
    yield Abreast(effects, (love,) if love else ())
    yield Facts(tuple(facts(view, currency)))
    others = tuple(claim(each) for each in view.comparisons if each is not told)
    if others:
        yield Fold("Each outcome in words", tally(view.comparisons), others, in_terminal=True)
    yield Fold(
        "Who is compared",
        "overlap, who is left out and why, what to know of the data",
        tuple(_diagnostics(view)),
    )


def claim(comparison: Comparison) -> Claim:
    """The sentence of a comparison with its verdict."""
    return Claim(
        comparison.sentence,
        verdict_word(comparison.verdict),
        tone_of(comparison.verdict),
        comparison.reasons,
    )


def plain_split(comparison: Comparison, currency: str) -> str:
    """The plain split beside like for like; empty where none may be read.

    Only beside a claim it is said how much of it is not the partner: else that may be chance too.
    """
    held = comparison
    plain, matched = held.naive.value, held.matched.value
    if plain is None or matched is None or not is_readable(held):
        return ""
    said = f"The plain split says {difference(plain, held.unit, currency)}"
    is_claimed = held.verdict in (Verdict.HELPS, Verdict.HURTS)
    if is_claimed and plain * matched > 0 and abs(plain) > abs(matched):
        rest = difference(plain - matched, held.unit, currency).lstrip("+\N{MINUS SIGN}")
        return f"{said}: {rest} of it is how these accounts differ from others, not the partner."
    return f"{said}, like for like {difference(matched, held.unit, currency)}."


def facts(view: ExposureView, currency: str) -> Iterator[Fact]:
    """What was checked of an exposure; nothing of an estimate that may not be read."""
    held = view.told
    yield _placebo(view, currency)
    if held.e_value is not None and is_readable(held):
        about = ", approximate for a mean" if held.e_value.is_approximate else ""
        yield Fact(
            f"E-value on {outcome_noun(held.outcome)}",
            f"{held.e_value.value:.1f}".replace("inf", "\N{INFINITY}"),
            f"limit {held.e_value.limit:.1f}: a hidden cause must be this strong on both sides"
            + about,
        )
    if is_readable(held):
        yield _methods(held, currency)
    counts = view.widest.counts
    yield Fact(
        "Left out",
        f"{format_count(counts.unmatched)} + {format_count(counts.prevalent)}",
        "without a similar account + with the partner from the start",
    )


def _placebo(view: ExposureView, currency: str) -> Fact:
    found = next((each.placebo for each in view.comparisons if each.placebo), None)
    if found is None:
        why = "no year before, or too few accounts had ARR in it"
        return Fact("Placebo", "not judged", why, Tone.THIN)
    words = "passes" if found.passes else "fails: the arms differed before any partner"
    inside = span(found.low, found.high, Unit.RATIO, currency)
    return Fact(
        f"Placebo: {outcome_noun(found.outcome)} a year earlier",
        difference(found.value, Unit.RATIO, currency),
        f"{inside}: {words}",
        Tone.PLAIN if found.passes else Tone.BAD,
    )


def _methods(held: Comparison, currency: str) -> Fact:
    values = (
        f"{name} {difference(effect.value, held.unit, currency)}"
        for name, effect in (
            ("matched", held.matched),
            ("weighted", held.weighted),
            ("doubly robust", held.doubly_robust),
        )
        if effect.value is not None
    )
    apart = "; ".join(format_words(each) for each in held.disagree)
    return Fact(
        "Three methods",
        "disagree" if held.disagree else "agree",
        " · ".join(values) + (f" · {apart}" if apart else ""),
        Tone.BAD if held.disagree else Tone.PLAIN,
    )


def _diagnostics(view: ExposureView) -> Iterator[Block]:
    overlap = overlap_picture(view)
    yield Abreast((overlap,) if overlap else (), (measured_picture(view),))
    yield from map(_said, words_of(view.comparisons))


def _others(held: Similar, currency: str) -> Iterator[Block]:
    yield Fold(
        "Every exposure and outcome",
        f"{len(held.views)} exposures, {len(held.outcomes)} outcomes",
        (matrix_table(held, currency), Sentence(OVERLAPPING, Tone.CAUTION)),
        is_open=True,
    )
    for view in held.views[1:]:
        note = tally(view.comparisons)
        yield Fold(view.title, note, tuple(_folded(view, currency)))


def _folded(view: ExposureView, currency: str) -> Iterator[Block]:
    """One of many exposures: its tables hold dots and intervals, so that the page stays small."""
    yield Sentence(subtitle(view), Tone.THIN)
    yield claim(view.told)
    plain = plain_split(view.told, currency)
    if plain:
        yield Sentence(plain, Tone.THIN)
    yield estimates_table(view, view.comparisons, currency)
    yield Facts(tuple(facts(view, currency)))
    if view.widest.balance:
        yield balance_table(view)
    yield counts_table(view, seen(view))
    yield from map(_said, words_of(view.comparisons))


def _nothing(held: Similar, folder: str) -> Section:
    if held.is_kept:
        return Section(ANCHOR, TITLE, (Sentence(NOBODY, Tone.THIN),))
    run = Command("Compare with similar accounts", f"lichen run {folder}")
    return Section(ANCHOR, TITLE, (Sentence(NOT_COMPARED, Tone.THIN), Commands((run,))))

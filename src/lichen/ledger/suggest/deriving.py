"""Columns that no raw column holds as it is, but that one or two of them tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from lichen.engines.text import words
from lichen.ledger.suggest.known import Known, Words
from lichen.ledger.suggest.meanings import MOST_WORDS, meanings
from lichen.ledger.suggest.names import column_words, name_in_sql, table_words, words_of
from lichen.ledger.suggest.personal import shown_values
from lichen.ledger.suggest.samples import TableSample
from lichen.ledger.suggest.shapes import is_number, is_yes_or_no, share
from lichen.ledger.suggest.suggestion import ColumnSuggestion, Confidence
from lichen.vocabulary.entities import Entity, Kind

TRUE = ("true", "t", "yes", "y", "1")
Found = Mapping[str, ColumnSuggestion]


@dataclass(frozen=True)
class Looked:
    """What a derivation may look at: the table, what was found in it, and the currency."""

    entity: Entity
    table: TableSample
    found: Found
    currency: str | None
    known: Known

    def raw(self, names: Sequence[Words], fits: Callable[[str], bool]) -> str | None:
        """The first raw column of one of these names whose values nearly all fit."""
        by_words = {column_words(each, self.known): each for each in self.table.columns}
        for name in names:
            raw = by_words.get(name)
            if raw is not None and share(self.table.columns[raw].values, fits) >= 0.9:
                return raw
        return None

    def lacks(self, column: str) -> bool:
        """Whether the entity has the column and nothing sure enough was found for it."""
        has = column in self.entity.by_name
        return has and (column not in self.found or not self.found[column].is_active)

    def shown(self, raw: str) -> str:
        """Sample values for a comment."""
        return shown_values(self.table.table, raw, self.table.columns[raw], self.known)


def derived(looked: Looked) -> dict[str, ColumnSuggestion]:
    """What was found, with the columns that others tell."""
    found = dict(looked.found)
    for derive in DERIVATIONS:
        if (more := derive(replace(looked, found=found))) is not None:
            found[more.column] = more
    return {name: found[name] for name in looked.entity.by_name if name in found}


def _yearly(looked: Looked) -> ColumnSuggestion | None:
    """Twelve months of a monthly amount; an amount without a period is only mentioned."""
    if not looked.lacks("arr_amount"):
        return None
    raw = looked.raw(looked.known.amounts["monthly"], is_number)
    if raw is not None:
        sql = f"TRY_CAST({name_in_sql(raw)} AS DECIMAL(18, 2)) * 12"
        told = "a monthly amount, times 12"
        return ColumnSuggestion(
            "arr_amount", {"sql": sql}, Confidence.MEDIUM, told, looked.shown(raw)
        )
    raw = looked.raw(looked.known.amounts["undated"], is_number)
    if raw is None:
        return None
    told = "say for how long it is paid: yearly as it is, monthly times 12, cents divided by 100"
    return ColumnSuggestion("arr_amount", {"column": raw}, Confidence.LOW, told, looked.shown(raw))


def _currency(looked: Looked) -> ColumnSuggestion | None:
    """A currency in the name of an amount, else that of the workspace."""
    column = looked.entity.by_name.get("currency")
    if column is None or not looked.lacks("currency"):
        return None
    for each in looked.found.values():
        raw = each.how.get("column")
        if raw is None or looked.entity.by_name[each.column].kind is not Kind.AMOUNT:
            continue
        for word in words_of(str(raw))[-2:]:
            if (word,) in looked.known.amounts["currency_ends"]:
                return _constant(word.upper(), f"the name of {raw}")
    if looked.currency is None or not column.required:
        return None
    return _constant(looked.currency, "no column tells it; the currency of lichen.toml")


def _constant(code: str, told: str) -> ColumnSuggestion:
    return ColumnSuggestion("currency", {"constant": code}, Confidence.MEDIUM, told)


def _outcome(looked: Looked) -> ColumnSuggestion | None:
    """Whether a deal is won, from two flags, or from the words of its stage."""
    if looked.entity.name != "opportunity":
        return None
    won = looked.raw(looked.known.flags["won"], is_yes_or_no)
    closed = looked.raw(looked.known.flags["closed"], is_yes_or_no)
    if won is not None and closed is not None:
        sql = (
            f"CASE WHEN {_is_true(won)} THEN 'won' WHEN {_is_true(closed)} THEN 'lost' "
            "ELSE 'open' END"
        )
        told = f"{won} and {closed}"
        return ColumnSuggestion("outcome", {"sql": sql}, Confidence.HIGH, told)
    staged = looked.found.get("outcome")
    ended = _ended(looked, staged)
    if staged is None or not ended:
        return None
    how = {"column": staged.how["column"], "values": ended, "other": "open"}
    sure = Confidence.HIGH if set(ended.values()) == {"won", "lost"} else Confidence.MEDIUM
    told = "words that end a deal; with every other one it is open"
    return replace(staged, how=how, confidence=sure, reason=told)


def _ended(looked: Looked, outcome: ColumnSuggestion | None) -> dict[str, str]:
    """Words of the outcome's raw column that mean won or lost."""
    raw = outcome.how.get("column") if outcome else None
    if raw is None or looked.table.columns[str(raw)].distinct > MOST_WORDS:
        return {}
    column = looked.entity.by_name["outcome"]
    values = looked.table.columns[str(raw)].values
    found = meanings(values, column, looked.entity.name, looked.known).found
    return {word: meant for word, meant in found.items() if meant in ("won", "lost")}


def _closing(looked: Looked) -> ColumnSuggestion | None:
    """The close date of an open deal is a hope, so it counts only once the deal has ended."""
    closing, outcome = looked.found.get("closed_on"), looked.found.get("outcome")
    if looked.entity.name != "opportunity" or closing is None or outcome is None:
        return None
    raw = closing.how.get("column")
    condition = _has_ended(looked, outcome)
    if raw is None or condition is None:
        return None
    how = {"sql": f"CASE WHEN {condition} THEN {name_in_sql(str(raw))} END", "format": "day"}
    told = f"{raw}, once the deal has ended"
    return replace(closing, how=how, reason=told)


def _has_ended(looked: Looked, outcome: ColumnSuggestion) -> str | None:
    closed = looked.raw(looked.known.flags["closed"], is_yes_or_no)
    if closed is not None:
        return _is_true(closed)
    raw, ended = outcome.how.get("column"), _ended(looked, outcome)
    if raw is None or not ended:
        return None
    listed = words(sorted(word.lower() for word in ended))
    return f"lower(trim({name_in_sql(str(raw))})) IN {listed}"


def _is_true(raw: str) -> str:
    return f"lower({name_in_sql(raw)}) IN {words(TRUE)}"


def _churned(looked: Looked) -> ColumnSuggestion | None:
    """Records of a churn table are events."""
    if looked.entity.name != "churn_record" or not looked.lacks("kind"):
        return None
    told = "a table of churn holds events"
    return ColumnSuggestion("kind", {"constant": "event"}, Confidence.MEDIUM, told)


def _marked(looked: Looked) -> ColumnSuggestion | None:
    """Which marker a table of involvement is, so that markers that disagree can be compared."""
    if looked.entity.name != "involvement":
        return None
    return ColumnSuggestion(
        "marker", {"constant": _kind_of(looked)[0]}, Confidence.HIGH, "what told of it"
    )


def _role(looked: Looked) -> ColumnSuggestion | None:
    """A table of installations or projects has one role in all its rows."""
    if looked.entity.name != "involvement" or not looked.lacks("role"):
        return None
    _, role = _kind_of(looked)
    told = f"the name of {looked.table.table}"
    return (
        None
        if role is None
        else ColumnSuggestion("role", {"constant": role}, Confidence.MEDIUM, told)
    )


def _kind_of(looked: Looked) -> tuple[str, str | None]:
    """The marker that a table of involvement is, and the role that it alone would tell."""
    named = set(table_words(looked.table.table, looked.known))
    if named & {"install", "installation", "integration"}:
        return "integration_install", "integrated"
    if named & {"project", "service", "implementation"}:
        return "service_project", "implemented"
    return "junction", None


def _cents(looked: Looked) -> ColumnSuggestion | None:
    """Stripe, told by its `livemode`, counts money in the smallest unit of the currency."""
    told = looked.found.get("amount")
    if (
        told is None
        or looked.raw((("livemode",),), is_yes_or_no) is None
        or "column" not in told.how
    ):
        return None
    sql = f"TRY_CAST({name_in_sql(str(told.how['column']))} AS DECIMAL(18, 2)) / 100"
    reason = "counted in cents; currencies without cents, such as JPY, need another rule"
    return replace(told, how={"sql": sql}, confidence=Confidence.MEDIUM, reason=reason)


DERIVATIONS: tuple[Callable[[Looked], ColumnSuggestion | None], ...] = (
    _yearly,
    _cents,
    _currency,
    _outcome,
    _closing,
    _churned,
    _marked,
    _role,
)
"""In the order in which they build on each other."""

"""From numbers with gaps and words to the columns of a propensity, in a written order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lichen.inference.arm_errors import ArmLengthsDiffer, NotANumber
from lichen.inference.arms import exposed_of, numbers_of
from lichen.inference.estimate import Bools, Floats, Ints
from lichen.inference.propensity.columns import Change, own_columns, scaled
from lichen.inference.propensity.errors import UnknownCode
from lichen.inference.propensity.fit import PER_PARAMETER

MISSING, OTHER = "missing", "other"


@dataclass(frozen=True, eq=False, repr=False)
class Design:
    """Columns of covariates `x` (n, p), their `names`, and what was merged or dropped and why."""

    x: Floats
    names: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a design, with the number, flag or word that it was made from."""

    name: str
    origin: tuple[str, str]
    values: Floats


def design(
    numbers: Mapping[str, ArrayLike],
    words: Mapping[str, ArrayLike],
    levels: Mapping[str, Sequence[str]],
    exposed: ArrayLike,
    *,
    per_parameter: int = PER_PARAMETER,
) -> Design:
    """The design of a propensity for n rows, small enough for the smaller arm.

    `numbers` are floats, NaN where not known: those are filled with the mean, a flag
    `name=missing` says where, and the column is put to mean 0 and variance 1. `words` are whole
    codes of their `levels`, -1 where not known (a level of its own); each level but the most
    common becomes a column `name=level` of 0 and 1.

    What is constant or told by earlier columns is dropped, and then, in this order:

    1. levels with fewer than `per_parameter` exposed or controls merge into `other`, and `other`
       into the most common level if it is still as rare; a number of two values, one of them as
       rare, drops;
    2. missing flags drop: all that are as rare, or differ from an earlier yes or no in as few rows,
       and while there are more parameters than the smaller arm has times `per_parameter` rows,
       the last given first;
    3. words drop, those with most levels first, of equal ones the last given;
    4. numbers drop, the last given first.

    Raises:
        UnusableArms: a length differs, or a number is infinite.
        UnknownCode: a word has a code without a level.
    """
    arms = exposed_of(exposed)
    changes: list[Change] = []
    columns: list[Column] = []
    flags: list[Column] = []
    for name, values in numbers.items():
        given = _checked(name, values, len(arms))
        if _rare_yes_or_no(given, arms, per_parameter):
            why = f"a yes or no with {_few(per_parameter)} on one side"
            changes.append(Change(name, "dropped", why))
        else:
            _number(name, given, columns, flags)
    for flag in flags:
        if not _too_rare(flag, columns, arms, per_parameter, changes):
            columns.append(flag)
    for name, codes in words.items():
        columns += _word(name, codes, levels[name], arms, per_parameter, changes)
    columns = _own(columns, len(arms), changes)
    columns = _room_made(columns, arms, per_parameter, changes)
    stacked = [column.values for column in columns]
    x = np.column_stack(stacked) if stacked else np.empty((len(arms), 0))
    return Design(x, tuple(column.name for column in columns), tuple(changes))


def _checked(name: str, values: ArrayLike, size: int) -> Floats:
    given = numbers_of(name, values)
    if given.shape != (size,):
        raise ArmLengthsDiffer(name, len(given), size)
    if np.isinf(given).any():
        raise NotANumber(name, int(np.argmax(np.isinf(given))))
    return given


def _number(name: str, values: Floats, columns: list[Column], flags: list[Column]) -> None:
    gaps = np.isnan(values)
    known = values[~gaps]
    filled = np.where(gaps, known.mean() if len(known) else 0.0, values)
    columns.append(Column(name, ("number", name), filled))
    if gaps.any():
        flags.append(Column(f"{name}={MISSING}", ("flag", name), gaps.astype(np.float64)))


def _rare(rows: Bools, arms: Bools, per_parameter: int) -> bool:
    exposed = int(np.count_nonzero(rows & arms))
    return min(exposed, int(np.count_nonzero(rows)) - exposed) < per_parameter


def _too_rare(
    flag: Column,
    columns: list[Column],
    arms: Bools,
    per_parameter: int,
    changes: list[Change],
) -> bool:
    """Whether a flag, or what it says beyond a yes or no of `columns`, rests on too few rows."""
    rows = flag.values > 0
    if _rare(rows, arms, per_parameter):
        changes.append(Change(flag.name, "dropped", _few(per_parameter)))
        return True
    for column in columns:
        yes = column.values == column.values.max()
        is_yes_or_no = bool((yes | (column.values == column.values.min())).all())
        apart = rows != yes
        # Beside a column that says nearly the same, the few other rows separate at once.
        if is_yes_or_no and any(_rare(few, arms, per_parameter) for few in (apart, ~apart)):
            why = f"beyond {column.name} {_few(per_parameter)}"
            changes.append(Change(flag.name, "dropped", why))
            return True
    return False


def _rare_yes_or_no(values: Floats, arms: Bools, per_parameter: int) -> bool:
    """Whether a number takes two values, and one of them in too few rows to be told from never."""
    known = ~np.isnan(values)
    found = np.unique(values[known])
    if len(found) != 2:
        return False
    return any(_rare(known & (values == value), arms, per_parameter) for value in found)


def _few(per_parameter: int) -> str:
    return f"fewer than {per_parameter} exposed or controls"


def _word(
    name: str,
    codes: ArrayLike,
    levels: Sequence[str],
    arms: Bools,
    per_parameter: int,
    changes: list[Change],
) -> list[Column]:
    """The indicator columns of a word after its rare levels were merged."""
    places = _places(name, codes, len(levels), len(arms))
    labels = [*levels, MISSING, OTHER]
    all_rows = np.bincount(places, minlength=len(labels))
    of_exposed = np.bincount(places[arms], minlength=len(labels))
    rare = np.minimum(of_exposed, all_rows - of_exposed) < per_parameter
    common = int(np.argmax(np.where(rare, -1, all_rows)))
    if rare.all():
        changes.append(Change(name, "dropped", f"every level has {_few(per_parameter)}"))
        return []
    into = np.where(rare, len(labels) - 1, np.arange(len(labels)))
    together = rare[places]
    if together.any() and _rare(together, arms, per_parameter):
        into = np.where(rare, common, into)
    for level in np.flatnonzero(rare & (all_rows > 0)):
        merged = f"{_few(per_parameter)}: now {labels[into[level]]}"
        changes.append(Change(f"{name}={labels[level]}", "merged", merged))
    places = into[places]
    return [
        Column(f"{name}={labels[level]}", ("word", name), (places == level).astype(np.float64))
        for level in np.unique(places)
        if level != common
    ]


def _places(name: str, codes: ArrayLike, levels: int, size: int) -> Ints:
    given = np.asarray(codes).astype(np.int64)
    if given.shape != (size,):
        raise ArmLengthsDiffer(name, len(given), size)
    known = (given >= -1) & (given < levels)
    if not known.all():
        row = int(np.argmin(known))
        raise UnknownCode(name, row, int(given[row]), levels)
    return np.where(given < 0, levels, given)


def _own(columns: list[Column], size: int, changes: list[Change]) -> list[Column]:
    """Columns that are neither constant nor told by others; numbers put to variance 1."""
    if not columns or size == 0:
        return columns
    ones = np.ones(size)
    stacked = scaled(np.column_stack([column.values for column in columns]), ones)
    own, constant, told = own_columns(stacked, ones)
    for places, why in ((constant, "the same for all rows"), (told, "told by earlier covariates")):
        changes += [Change(columns[place].name, "dropped", why) for place in places]
    return [
        Column(column.name, column.origin, stacked.x[:, place])
        if column.origin[0] == "number"
        else column
        for place, column in ((int(place), columns[place]) for place in own)
    ]


def _room_made(
    columns: list[Column], arms: Bools, per_parameter: int, changes: list[Change]
) -> list[Column]:
    """Flags, then words, then numbers leave until the smaller arm can carry the rest."""
    exposed = int(np.count_nonzero(arms))
    fewest = min(exposed, len(arms) - exposed)
    room = len(columns) if per_parameter <= 0 else fewest // per_parameter - 1
    why = f"{fewest} in the smaller arm, {per_parameter} for each parameter"
    while len(columns) > max(room, 0):
        leaves = _next_to_leave(columns)
        changes.append(Change(leaves[1] + _ending(leaves), "dropped", why))
        columns = [column for column in columns if column.origin != leaves]
    return columns


def _ending(origin: tuple[str, str]) -> str:
    return f"={MISSING}" if origin[0] == "flag" else ""


def _next_to_leave(columns: list[Column]) -> tuple[str, str]:
    origins = [column.origin for column in columns]
    for kind in ("flag", "word", "number"):
        of_kind = [origin for origin in origins if origin[0] == kind]
        if kind == "word":
            of_kind.sort(key=origins.count)
        if of_kind:
            return of_kind[-1]
    return origins[-1]

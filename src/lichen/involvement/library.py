"""Every dimension of one set of facts, each worked out once, when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial

import ibis.expr.types as ir
import pyarrow as pa

from lichen.involvement.attributes import (
    ATTRIBUTES,
    attribute_axis,
    attributes_with_history,
    cohort_axis,
)
from lichen.involvement.axes import Axis, yes_no_axis
from lichen.involvement.composite import composite
from lichen.involvement.delivery import delivery_axis
from lichen.involvement.embeddedness import embeddedness_axis
from lichen.involvement.markers import OVERLAPS, overlaps, read_markers
from lichen.involvement.memberships import OVERLAPPING, Membership
from lichen.involvement.periods import Presence, presence
from lichen.involvement.routes import acquired_axis, acquired_via, served_axis
from lichen.involvement.services import services_axis
from lichen.involvement.stack import integrations_axis, stack_axis
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions


class Library:
    """Axes and memberships by dimension; their tables are computed once and then kept.

    `asked` are the facts as they came, `seen` what counts of them once markers are decided.
    """

    def __init__(self, asked: Facts, definitions: Definitions) -> None:
        self.asked = asked
        self.markers = read_markers(asked, definitions)
        self.seen = presence(self.markers.facts if self.markers else asked, definitions)
        self._axes: dict[str, Axis] = {}
        self._members: dict[str, Membership] = {}

    @cached_property
    def routes(self) -> ir.Table:
        """How each account was acquired, as `acquired_via`."""
        return self.seen.keep(acquired_via(self.seen.facts))

    @cached_property
    def with_history(self) -> frozenset[str]:
        """The attributes whose changes are recorded."""
        return attributes_with_history(self.seen.facts)

    @cached_property
    def _makers(self) -> dict[str, Callable[[Presence], Axis]]:
        changed = self.with_history
        return {
            "involved": lambda seen: yes_no_axis("involved", seen.meaningful),
            "acquired_via": lambda _seen: acquired_axis(self.routes),
            "served_via": served_axis,
            "integrations": integrations_axis,
            "integration_stack": stack_axis,
            "services_pattern": services_axis,
            "delivery": delivery_axis,
            "embeddedness": embeddedness_axis,
            "cohort_year": cohort_axis,
            **{name: partial(attribute_axis, name=name, changed=changed) for name in ATTRIBUTES},
        }

    def axis(self, name: str) -> Axis:
        """The axis of a dimension whose groups are apart."""
        if name not in self._axes:
            axis = self._makers[name](self.seen)
            if axis.steps is not None:
                axis = replace(axis, steps=self.seen.keep(axis.steps))
            self._axes[name] = axis
        return self._axes[name]

    def membership(self, name: str) -> Membership:
        """Any dimension as spans in groups."""
        if name not in self._members:
            if name in OVERLAPPING:
                member = OVERLAPPING[name](self.seen)
                self._members[name] = replace(member, spans=self.seen.keep(member.spans))
            else:
                axis = self.axis(name)
                cells, _ = composite(self.seen, [axis])
                self._members[name] = Membership(name, axis.values, cells.rename(code="cell"))
        return self._members[name]


_LATEST: list[Library] = []


def library_of(facts: Facts, definitions: Definitions) -> Library:
    """The library of these facts; all that one run asks of them shares it.

    Only the latest is remembered, so a process that runs many times keeps one run's tables.
    """
    for library in _LATEST:
        if library.asked is facts and library.seen.definitions == definitions:
            return library
    _LATEST[:] = [Library(facts, definitions)]
    return _LATEST[0]


def believed(facts: Facts, definitions: Definitions) -> Facts:
    """The facts with the involvement that counts, once markers that disagree are decided."""
    markers = library_of(facts, definitions).markers
    return facts if markers is None else markers.facts


def marker_overlaps(facts: Facts, definitions: Definitions) -> pa.Table:
    """What each pair of markers says of the same places; no rows where no row has a marker."""
    markers = library_of(facts, definitions).markers
    return OVERLAPS.empty_table() if markers is None else overlaps(markers)

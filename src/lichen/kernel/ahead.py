"""Imports that go on while the main thread waits for files or for an engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Event, Thread


class Ahead:
    """Imports under way beside the main thread, in two parts that `settle` divides."""

    def __init__(self, first: Sequence[str], then: Sequence[str]) -> None:
        self._then = tuple(then)
        self._begin(first)

    def settle(self) -> None:
        """Wait for the import under way, leave the rest of the first part, and begin the second.

        Two threads that import parts of one package at once may see it half made, so whoever is
        about to import what the first part names settles first.
        """
        self.stop()
        then, self._then = self._then, ()
        self._begin(then)

    def stop(self) -> None:
        """Wait for the import under way; what has not begun is left alone."""
        self._over.set()
        self._importer.join()

    def _begin(self, modules: Sequence[str]) -> None:
        self._over = Event()
        self._importer = Thread(
            target=_import, args=(modules, self._over), name="imports ahead", daemon=True
        )
        self._importer.start()


_UNDER_WAY: list[Ahead] = []


@contextmanager
def imported_ahead(first: Sequence[str], then: Sequence[str] = ()) -> Iterator[None]:
    """Import these modules, one after another, in a thread beside the block.

    Importing is work of the interpreter, and engines let go of it while they work: a run of
    10,000 accounts then gets 0.9 s of imports for nothing while its feeds are read. `first` goes on
    until the block settles; `then` names packages that nothing else in the block imports.
    """
    ahead = Ahead(first, then)
    _UNDER_WAY.append(ahead)
    try:
        yield
    finally:
        _UNDER_WAY.remove(ahead)
        ahead.stop()


def settle() -> None:
    """Let every import ahead come to rest before the caller imports what they share."""
    for ahead in _UNDER_WAY:
        ahead.settle()


def _import(modules: Sequence[str], over: Event) -> None:
    for name in modules:
        if over.is_set():
            return
        # Who needs a module that is missing imports it again, and tells of it.
        with suppress(ImportError):
            import_module(name)

"""Imports that go on while the main thread waits for files or for an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Event, Thread


@contextmanager
def imported_ahead(*modules: str) -> Iterator[None]:
    """Import these modules, one after another, in a thread beside the block.

    Importing is work of the interpreter, and engines let go of it while they work: a run of
    10,000 accounts then gets 0.9 s of imports for nothing while its feeds are read. Whoever needs
    a module imports it as always, and waits if it is under way. When the block ends, what has not
    begun is left alone.

    The block must hold whole what it shares with these modules: two threads that import parts of
    one package in different orders may see it half made.
    """
    over = Event()
    importer = Thread(target=_import, args=(modules, over), name="imports ahead")
    importer.start()
    try:
        yield
    finally:
        over.set()
        importer.join()


def _import(modules: tuple[str, ...], over: Event) -> None:
    for name in modules:
        if over.is_set():
            return
        # Who needs a module that is missing imports it again, and tells of it.
        with suppress(ImportError):
            import_module(name)

"""Statements that an engine carries out one after another, beside whoever writes them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class InOrder:
    """Calls carried out in the order in which they came, on one thread of their own.

    Writing a statement is work of the interpreter, and carrying it out is not: while the engine
    works on one, the next is being written. The first call to fail that nobody waits for stands for
    all that come after it, so nobody builds on what is not there; who waits is told, and goes on.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._failure: BaseException | None = None

    def begin(self, call: Callable[[], object]) -> None:
        """Carry this out when its turn comes; if it fails, everything after it does."""
        self._thread.submit(self._carried_out, call, stands=True)

    def ask(self, call: Callable[[], T]) -> Future[T]:
        """Carry this out when its turn comes; the result, or what failed, is waited for."""
        return self._thread.submit(self._carried_out, call, stands=False)

    def _carried_out(self, call: Callable[[], T], *, stands: bool) -> T:
        if self._failure is not None:
            raise self._failure
        try:
            return call()
        except BaseException as error:
            if stands:
                self._failure = error
            raise

    def close(self) -> None:
        """Wait for the call under way, and leave out those whose turn has not come.

        A failure that nobody waited for is of a table that nobody read.
        """
        self._thread.shutdown(wait=True, cancel_futures=True)

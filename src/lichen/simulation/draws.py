"""Random numbers that are addressed, not drawn in turn.

Every number is a function of (seed, purpose, account, month). A world that is run again with one
partner withheld therefore meets exactly the same luck, whatever branches it takes, and neither
the order of accounts nor the size of a chunk can change a number.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Bits = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SIXTEEN = np.uint64(0xFFFF)
_NORMAL_MEAN = 4 * 65535 / 2
_NORMAL_SD = float(np.sqrt(4 * (65536.0**2 - 1) / 12))


def _mixed(bits: Bits) -> Bits:
    """The splitmix64 finaliser, in place: neighbouring addresses become unrelated bits."""
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return bits


@dataclass(frozen=True)
class Stream:
    """The luck of some accounts for one purpose; months (or any counter) address it further."""

    base: Bits

    def bits(self, month: int | Ints = 0, at: Any = slice(None)) -> Bits:
        """64 random bits per account of `at`; a two-dimensional `month` broadcasts."""
        counter = np.asarray(month, dtype=np.int64).astype(np.uint64) * GOLDEN
        return _mixed(np.asarray(self.base[at] + counter, dtype=np.uint64))

    def uniform(self, month: int | Ints = 0, at: Any = slice(None)) -> Floats:
        """Uniform on [0, 1)."""
        return np.asarray((self.bits(month, at) >> np.uint64(11)) * 2.0**-53, dtype=np.float64)

    def normal(self, month: int | Ints = 0, at: Any = slice(None)) -> Floats:
        """Close to standard normal (four summed uniforms, so never beyond 3.5)."""
        bits = self.bits(month, at)
        total = (bits & _SIXTEEN).astype(np.float64)
        for shift in (16, 32, 48):
            total += (bits >> np.uint64(shift)) & _SIXTEEN
        return (total - _NORMAL_MEAN) / _NORMAL_SD

    def whole(self, low: int, high: int, month: int | Ints = 0, at: Any = slice(None)) -> Ints:
        """Whole numbers from low to high, both included."""
        return low + (self.uniform(month, at) * (high - low + 1)).astype(np.int64)

    def choice(self, weights: Any, month: int | Ints = 0, at: Any = slice(None)) -> Ints:
        """Positions in `weights`, each as likely as its weight."""
        bounds = np.cumsum(np.asarray(weights, dtype=np.float64))
        found = np.searchsorted(bounds / bounds[-1], self.uniform(month, at), side="right")
        return np.minimum(found, len(bounds) - 1).astype(np.int64)


@dataclass(frozen=True)
class Draws:
    """All the luck of one seed."""

    seed: int

    def stream(self, purpose: str, index: Ints) -> Stream:
        """The luck of these accounts (by number) for this purpose; no two purposes share any."""
        digest = hashlib.blake2b(f"{self.seed}/{purpose}".encode(), digest_size=8).digest()
        key = np.uint64(int.from_bytes(digest, "little"))
        return Stream(_mixed(index.astype(np.uint64) * GOLDEN + key))

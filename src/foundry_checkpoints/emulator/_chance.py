"""Random values that depend only on a seed, a name and a number, and not on the order of the calls."""

from __future__ import annotations

from functools import cache, lru_cache
from hashlib import blake2b

_64_BITS = 2**64 - 1


class Chance:
    """Gives the same values for the same seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._start = cache(lambda name: int.from_bytes(self._digest(name)[:8]))
        # People and things recur, and so do their IDs.
        self.id = lru_cache(20_000)(self._id)

    def _digest(self, name: str) -> bytes:
        return blake2b(f"{self._seed}/{name}".encode(), digest_size=16).digest()

    def _id(self, name: str, number: int) -> str:
        """Return a UUID."""
        digits = self._digest(f"{name}/{number}").hex()
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def share(self, name: str, number: int) -> float:
        """Return a number from 0 to 1, without 1, by SplitMix64 (https://doi.org/10.1145/2660193.2660195)."""
        bits = self._start(name) + number * 0x9E3779B97F4A7C15 & _64_BITS
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & _64_BITS
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & _64_BITS
        bits ^= bits >> 31
        return (bits >> 11) / 2**53

    def pick(self, name: str, number: int, size: int) -> int:
        """Return a number below `size`. Small numbers are more frequent, as some people and things are."""
        share = self.share(name, number)
        return int(share * share * size)

"""One root seed a run, and a stream of random numbers for every operator of every generation.

A draw depends on nothing but the seed, the island, the generation and the operator's name.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Streams:
    """The random streams of one run.

    >>> Streams(7).rng("mutate", 3).bytes(8) == Streams(7).rng("mutate", 3).bytes(8)
    True
    """

    seed: int
    island: int = 0

    def rng(self, operator: str, generation: int) -> np.random.Generator:
        """The generator of one operator in one generation."""
        key = (self.island, generation, zlib.crc32(operator.encode()))
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))

"""Short computations, measured side by side."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from statistics import median
from time import process_time

_IN_A_ROW = 10


def medians(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median CPU seconds of a call of each, the garbage collector at work as in any program.

    They take turns of ten calls, as one decodes page after page: what slows the machine down slows all of them.
    """
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    order = list(contenders.items())
    gc.collect()
    for turn in range(rounds + 1):
        for name, call in order:
            start = process_time()
            for _ in range(_IN_A_ROW):
                call()
            spent = (process_time() - start) / _IN_A_ROW
            if turn > 0:  # the first warms up
                samples[name].append(spent)
        order.append(order.pop(0))
    return {name: median(spent) for name, spent in samples.items()}

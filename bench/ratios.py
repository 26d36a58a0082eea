"""How a measurement is told: ours beside a reference of the same run, and the first over the second."""

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


class Disagreement(Exception):
    """Two ways to the same figures gave different ones: their times mean nothing."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measured quantity, ours and the reference's, in `unit`; less is better."""

    what: str
    reference: str
    unit: str
    ours: float
    theirs: float

    @property
    def value(self) -> str:
        """Ours over theirs; a dash where the reference has none of it."""
        return f"{self.ours / self.theirs:.3f}" if self.theirs else "–"


def timed(work: Callable[[], object]) -> float:
    """Seconds that it took once; the garbage of what ran before is not counted."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def best_and_median(what: str, reference: str, ours: Sequence[float], theirs: Sequence[float]) -> list[Ratio]:
    """Two lines of milliseconds from the seconds of each repetition."""
    asked: tuple[tuple[str, Callable[[Sequence[float]], float]], ...] = (
        ("best", min),
        ("median", statistics.median),
    )
    return [
        Ratio(f"{what}, {word}", reference, "ms", 1000 * of(ours), 1000 * of(theirs)) for word, of in asked
    ]


def machine() -> str:
    """Where the run took place."""
    python, system = platform.python_version(), f"{platform.system()} {platform.machine()}"
    return f"Python {python}, {system}, {os.cpu_count()} CPUs"


def tell(title: str, ratios: Iterable[Ratio]) -> None:
    """Print the table of a figure."""
    print(f"\n{title}")
    print(f"  {'what':34}{'unit':>8}{'ours':>18}{'reference':>18}{'ratio':>8}  against")
    for ratio in ratios:
        ours, theirs = (_number(value) for value in (ratio.ours, ratio.theirs))
        print(f"  {ratio.what:34}{ratio.unit:>8}{ours:>18}{theirs:>18}{ratio.value:>8}  {ratio.reference}")


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"

"""One printed line a step: what, how many, seconds; and what the run must have brought about."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Line:
    """A step under way; set `result` before it ends."""

    result: str = ""


@dataclass
class Teller:
    """Prints steps as they end and collects the checks that failed."""

    failures: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, what: str) -> Iterator[Line]:
        """Time a step and print its line."""
        line, start = Line(), time.perf_counter()
        yield line
        print(f"{what:<52} {line.result:<64} {time.perf_counter() - start:6.1f} s", flush=True)

    def expect(self, truth: bool, otherwise: str) -> None:
        """Note a check; `otherwise` says what is wrong when it fails."""
        if not truth:
            self.failures.append(otherwise)
            print(f"  FAILED: {otherwise}", flush=True)

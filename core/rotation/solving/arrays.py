"""Arrays as the rotation's mathematics speaks of them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]


def ints(values: Iterable[int]) -> Ints:
    """The values as an array."""
    return np.fromiter(values, np.int64)


def numbers(known: Mapping[Any, int], things: Sequence[object], name: str) -> Ints:
    """[n] the number of each thing's ``name``, -1 where it is not known."""
    return ints(map(known.get, map(attrgetter(name), things), repeat(-1)))

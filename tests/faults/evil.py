"""What a forged message would like to call."""

from pathlib import Path
from typing import Any


def callback(job: Any, *_: Any) -> None:
    Path(job.meta["mark"]).touch()

"""The plan of the demonstration: the ready one, moved to the year and signed by an invented person."""

from dataclasses import replace

from core.plans.content import PlanContent
from core.plans.library import retimed, template

SIGNER = "Đoàn Thị Mai Lan"


def province_plan(year: int, province: str) -> PlanContent:
    """The plan of a year (S4-01 to S4-19); `province` is its name."""
    ready = retimed(template("s4").content, year)
    archive = f"Lưu Văn phòng Tỉnh ủy {province.removeprefix('Tỉnh ')}"
    return replace(ready, signer=SIGNER, recipients=(*ready.recipients[:-1], archive))

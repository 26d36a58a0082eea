"""What a plan for attending residential cells' meetings says, as one frozen value (source plan S4)."""

from dataclasses import dataclass
from datetime import date

MONTHS_IN_PERIOD = (1, 2, 3, 4, 6, 12)


@dataclass(frozen=True)
class LegalBasis:
    """A document the plan rests on."""

    number: str
    body: str
    issued_on: date
    about: str


@dataclass(frozen=True)
class Cadence:
    """How often officials of a level attend, and within how many days they report (S4-03, S4-10, S4-13)."""

    level_code: str
    level_name: str
    period_months: int
    report_days: int
    report_to: str
    clause: str


@dataclass(frozen=True)
class PlanContent:
    """A plan before it is numbered: purpose, demands, cadences, reporting, recipients, signature.

    `report_due_days` counts from the last day of a quarter to the consolidated report's due date.
    """

    subject: str
    year: int
    bases: tuple[LegalBasis, ...]
    purposes: tuple[str, ...]
    demands: tuple[str, ...]
    duties: tuple[str, ...]
    cadences: tuple[Cadence, ...]
    report_due_days: int
    recipients: tuple[str, ...]
    authority: str
    signer_title: str
    signer: str


def problems(content: PlanContent) -> list[str]:
    """Everything that keeps the plan from being published, in Vietnamese."""
    found = [] if content.subject.strip() else ["Kế hoạch chưa có trích yếu nội dung."]
    if not content.cadences:
        found.append("Kế hoạch chưa nêu cấp nào dự sinh hoạt và bao lâu một lần.")
    codes = [cadence.level_code for cadence in content.cadences]
    found += [f"Cấp “{code}” được nêu hai lần." for code in sorted({c for c in codes if codes.count(c) > 1})]
    for cadence in content.cadences:
        found += _cadence_problems(cadence)
    if not 1 <= content.report_due_days <= 60:
        found.append("Hạn gửi báo cáo tổng hợp phải từ 1 đến 60 ngày sau khi hết quý.")
    if not content.signer.strip():
        found.append("Kế hoạch chưa ghi người ký.")
    return found


def _cadence_problems(cadence: Cadence) -> list[str]:
    found = []
    if cadence.period_months not in MONTHS_IN_PERIOD:
        found.append(f"{cadence.level_name}: chu kỳ phải là 1, 2, 3, 4, 6 hoặc 12 tháng.")
    if not 1 <= cadence.report_days <= 60:
        found.append(f"{cadence.level_name}: hạn báo cáo phải từ 1 đến 60 ngày sau khi dự.")
    return found

"""What a plan says, as one frozen value: the document, and the rules that it compiles from.

Every field carries its Vietnamese label (title), help (description) and example: the editor, the file's
schema and the messages about a broken file speak from the same place (design: architecture; product D1, X11).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, with_config

from core.meetings.kinds import MeetingKind
from core.plans.agenda import Banner, Catalogue, ContentPart, Prompt, Topic
from core.plans.due import Due, EachPeriod
from core.plans.guests import GuestRule
from core.plans.periods import Cycle
from core.plans.selectors import Selector
from core.plans.values import STRICT, AnyDay, Clause, Code, Day, Line, Text

FORMAT = "plan/1"
MONTHS_IN_PERIOD = (1, 2, 3, 4, 6, 12)
TIMES_A_YEAR = range(1, 13)


class Relation(StrEnum):
    """What a document named in a plan is to it (S0-02, S0-03, S2-02, S2-16)."""

    BASIS = "basis"
    IMPLEMENTS = "implements"
    PREDECESSOR = "predecessor"
    PROCEDURE = "procedure"
    CHECKED_AGAINST = "checked_against"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {
            "basis": "Căn cứ",
            "implements": "Kế hoạch cấp trên được cụ thể hóa",
            "predecessor": "Đợt trước",
            "procedure": "Văn bản quy định trình tự, biểu mẫu",
            "checked_against": "Văn bản để đối chiếu",
        }[self.value]

    @property
    def opening(self) -> str:
        """How a basis of this relation begins in the plan's text."""
        return {"implements": "Thực hiện", "procedure": "Theo", "checked_against": "Đối chiếu"}.get(
            self.value, "Căn cứ"
        )


@with_config(STRICT)
@dataclass(frozen=True)
class LegalBasis:
    """A document the plan rests on, follows or checks against; `lessons` of an earlier round are shown to
    whoever prepares (S0-03)."""

    number: Annotated[Line, Field(title="Số, ký hiệu", examples=["Kế hoạch số 47-KH/TU"])]
    body: Annotated[Line, Field(title="Cơ quan ban hành", examples=["Ban Thường vụ Tỉnh ủy"])]
    issued_on: Annotated[AnyDay | None, Field(title="Ngày ban hành", examples=["2017-03-22"])] = None
    about: Annotated[Text, Field(title="Về việc")] = ""
    relation: Annotated[Relation, Field(title="Quan hệ với kế hoạch này")] = Relation.BASIS
    lessons: Annotated[Text, Field(title="Kinh nghiệm rút ra", description="Hiện cho người chuẩn bị.")] = ""


@with_config(STRICT)
@dataclass(frozen=True)
class Issuer:
    """Who issues: a committee (signed T/M) or a department (its head signs with the title alone; S1-01)."""

    kind: Annotated[Literal["committee", "department"], Field(title="Cấp ủy hay ban")] = "committee"
    body: Annotated[Line, Field(title="Cơ quan ban hành", examples=["Ban Thường vụ Huyện ủy"])] = ""
    symbol: Annotated[str, Field(max_length=20, title="Ký hiệu", examples=["HU"])] = ""
    rank: Annotated[str, Field(max_length=40, title="Cấp", examples=["district"])] = ""


@with_config(STRICT)
@dataclass(frozen=True, kw_only=True)
class Cadence:
    """How often officials of a level attend, and within how many days they report (S4-03, S4-10, S4-13).

    One visit each `period_months` or at least `per_year` a calendar year: exactly one of the two is said.
    """

    level_code: Annotated[str, Field(max_length=40, title="Mã cấp", examples=["XA"])]
    level_name: Annotated[Line, Field(title="Đối tượng dự sinh hoạt")]
    period_months: Annotated[
        int | None, Field(title="Định kỳ (tháng)", examples=[1, 3, 6], description="Mỗi kỳ dự một lần.")
    ] = None
    per_year: Annotated[
        int | None,
        Field(
            title="Hoặc số lần ít nhất một năm",
            examples=[4],
            description="Thay cho định kỳ theo tháng; mỗi tháng không quá một lần.",
        ),
    ] = None
    report_days: Annotated[int, Field(title="Hạn báo cáo sau khi dự (ngày)", examples=[3])]
    report_to: Annotated[Line, Field(title="Nơi nhận báo cáo")]
    clause: Clause = ""
    via: Annotated[Line, Field(title="Qua", examples=["Ban Tổ chức"])] = ""


class Action(StrEnum):
    """What a task asks a unit to do; a page knows where each is done."""

    PLAN = "plan"
    REGISTER = "register"
    SELECT_PILOTS = "select_pilots"
    ASSIGN = "assign"
    PREPARE = "prepare"
    SEND_DOCUMENTS = "send_documents"
    SUGGEST = "suggest"
    AGREE = "agree"
    HOLD = "hold"
    SCORE = "score"
    LESSON = "lesson"
    FOLLOW_UP = "follow_up"
    REPORT = "report"
    CONSOLIDATE = "consolidate"
    INSPECT = "inspect"
    COMMUNICATE = "communicate"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return ACTION_LABELS[self]


ACTION_LABELS = {
    Action.PLAN: "Xây dựng kế hoạch",
    Action.REGISTER: "Đăng ký",
    Action.SELECT_PILOTS: "Chọn đơn vị làm điểm",
    Action.ASSIGN: "Phân công",
    Action.PREPARE: "Chuẩn bị",
    Action.SEND_DOCUMENTS: "Gửi tài liệu trước",
    Action.SUGGEST: "Gợi ý nội dung",
    Action.AGREE: "Cho ý kiến, thẩm định",
    Action.HOLD: "Tổ chức sinh hoạt",
    Action.SCORE: "Chấm điểm, thẩm định điểm",
    Action.LESSON: "Rút kinh nghiệm",
    Action.FOLLOW_UP: "Thực hiện sau sinh hoạt",
    Action.REPORT: "Báo cáo",
    Action.CONSOLIDATE: "Tổng hợp, báo cáo",
    Action.INSPECT: "Theo dõi, kiểm tra",
    Action.COMMUNICATE: "Tuyên truyền",
    Action.OTHER: "Việc khác",
}


@with_config(STRICT)
@dataclass(frozen=True)
class Milestone:
    """A task with a due date for every unit its selector catches (glossary: mốc thời gian).

    `after` names milestones that come before it; `route` says whether what is done is sent on by the routing
    rules; `contents` and `emphasis` say which parts of the plan it is about; `performer` is who does it where
    that is not the unit's own committee (S2-15, S3-17). A milestone that comes round does so from `opens` on.
    """

    code: Code
    title: Annotated[Line, Field(title="Đầu việc", examples=["Đăng ký thời gian, địa điểm tổ chức Diễn đàn"])]
    action: Annotated[Action, Field(title="Loại việc")]
    who: Annotated[str, Field(title="Đơn vị thực hiện", description="Mã nhóm đối tượng.")]
    due: Annotated[Due, Field(title="Hạn")]
    opens: Annotated[Due | None, Field(title="Bắt đầu")] = None
    meeting: Annotated[MeetingKind | None, Field(title="Loại sinh hoạt liên quan")] = None
    pilot: Annotated[bool, Field(title="Là buổi làm điểm, làm mẫu")] = False
    after: Annotated[tuple[str, ...], Field(title="Sau các mốc")] = ()
    route: Annotated[bool, Field(title="Gửi lên theo tuyến báo cáo")] = False
    contents: Annotated[tuple[str, ...], Field(title="Nội dung")] = ()
    emphasis: Annotated[str, Field(title="Chú trọng nội dung")] = ""
    topics: Annotated[int, Field(ge=0, le=20, title="Số chuyên đề phải chọn, ít nhất")] = 0
    package: Annotated[
        tuple[Line, ...], Field(title="Thành phần hồ sơ", description="Mỗi dòng một thứ.")
    ] = ()
    notes: Annotated[Text, Field(title="Lưu ý")] = ""
    clause: Clause = ""
    performer: Annotated[Line, Field(title="Người thực hiện", examples=["Thường trực Đảng ủy"])] = ""


@with_config(STRICT)
@dataclass(frozen=True)
class Route:
    """To whom a unit's work goes, through which department **by function** (domain: rules, routing).

    A route that names milestones is theirs alone, and wins for them; `also` receive a copy (S4-09, S3-12).
    """

    code: Code
    who: Annotated[str, Field(title="Đơn vị gửi")]
    to: Annotated[Line, Field(title="Nơi nhận", examples=["Thường trực Huyện ủy"])]
    via: Annotated[Line, Field(title="Qua", examples=["Ban Tuyên giáo Huyện ủy"])] = ""
    via_function: Annotated[str, Field(title="Chức năng của ban", examples=["propaganda"])] = ""
    consolidates: Annotated[bool, Field(title="Nơi nhận tổng hợp rồi gửi tiếp")] = False
    clause: Clause = ""
    milestones: Annotated[
        tuple[str, ...], Field(title="Chỉ cho các mốc", description="Bỏ trống: mọi mốc.")
    ] = ()
    also: Annotated[tuple[Line, ...], Field(title="Đồng gửi")] = ()


@with_config(STRICT)
@dataclass(frozen=True)
class PilotQuota:
    """How many cells are held first to learn from, per committee and block (S0-18, S2-03, S2-08, S3-20)."""

    code: Code
    among: Annotated[str, Field(title="Chọn trong nhóm")]
    least: Annotated[int, Field(ge=0, le=500, title="Ít nhất")] = 1
    most: Annotated[int | None, Field(ge=0, le=500, title="Nhiều nhất")] = None
    each_committee: Annotated[bool, Field(title="Tính cho từng đảng bộ")] = True
    each_block: Annotated[bool, Field(title="Tính cho từng khối")] = False
    meetings: Annotated[tuple[MeetingKind, ...], Field(title="Mỗi buổi một loại")] = ()
    named: Annotated[tuple[Line, ...], Field(title="Đơn vị được nêu tên")] = ()
    clause: Clause = ""


@with_config(STRICT)
@dataclass(frozen=True)
class Gate:
    """What has to be done before something else may be: it blocks, or warns (domain: rules, gates)."""

    code: Code
    holds_back: Annotated[str, Field(title="Mốc phải chờ")]
    until: Annotated[tuple[str, ...], Field(title="Cho đến khi xong các mốc")]
    reviewers: Annotated[tuple[Line, ...], Field(title="Người cho ý kiến")] = ()
    blocks: Annotated[bool, Field(title="Chặn (không chọn: chỉ cảnh báo)")] = True
    clause: Clause = ""


@with_config(STRICT)
@dataclass(frozen=True)
class Responsibility:
    """Who else does what under the plan, as text: printed, and shown to those it names (area role)."""

    who: Annotated[Line, Field(title="Đối tượng")]
    text: Annotated[Text, Field(title="Trách nhiệm")]
    clause: Clause = ""


@with_config(STRICT)
@dataclass(frozen=True)
class Rules:
    """Settings of a plan; each is shown where it decides something."""

    strict_before: Annotated[bool, Field(title="“Trước ngày” không tính ngày ấy")] = True
    working_days: Annotated[bool, Field(title="Mọi hạn tính theo ngày làm việc")] = False
    small_cell: Annotated[int, Field(ge=0, le=50, title="Chi bộ ít đảng viên: dưới")] = 5
    large_cell: Annotated[int, Field(ge=0, le=500, title="Chi bộ đông đảng viên: từ")] = 30
    sessions: Annotated[int, Field(ge=1, le=5, title="Số buổi tối đa của chi bộ đông")] = 1
    joint_clause: Clause = ""


@with_config(STRICT)
@dataclass(frozen=True)
class PlanContent:
    """A plan before it is numbered. Empty parts are simply not ordered by it."""

    subject: Annotated[Line, Field(title="Trích yếu nội dung", examples=["Tổ chức Diễn đàn chi bộ năm 2018"])]
    year: Annotated[int, Field(ge=2000, le=2100, title="Năm thực hiện")]
    kind: Annotated[Literal["plan", "guidance"], Field(title="Loại văn bản")] = "plan"
    source_number: Annotated[Line, Field(title="Số của văn bản gốc", examples=["44-KH/HU"])] = ""
    issuer: Annotated[Issuer, Field(title="Cơ quan ban hành")] = Issuer()
    starts_on: Annotated[Day | None, Field(title="Bắt đầu thực hiện")] = None
    ends_on: Annotated[Day | None, Field(title="Kết thúc")] = None
    bases: Annotated[tuple[LegalBasis, ...], Field(title="Căn cứ")] = ()
    purposes: Annotated[tuple[Text, ...], Field(title="Mục đích")] = ()
    demands: Annotated[tuple[Text, ...], Field(title="Yêu cầu")] = ()
    contents: Annotated[tuple[ContentPart, ...], Field(title="Nội dung")] = ()
    selectors: Annotated[tuple[Selector, ...], Field(title="Đối tượng")] = ()
    milestones: Annotated[tuple[Milestone, ...], Field(title="Mốc thời gian")] = ()
    guests: Annotated[tuple[GuestRule, ...], Field(title="Thành phần mời")] = ()
    pilots: Annotated[tuple[PilotQuota, ...], Field(title="Làm điểm")] = ()
    gates: Annotated[tuple[Gate, ...], Field(title="Điều kiện trước")] = ()
    routes: Annotated[tuple[Route, ...], Field(title="Tuyến báo cáo")] = ()
    cadences: Annotated[tuple[Cadence, ...], Field(title="Định kỳ dự sinh hoạt")] = ()
    topics: Annotated[tuple[Topic, ...], Field(title="Chuyên đề")] = ()
    prompts: Annotated[tuple[Prompt, ...], Field(title="Gợi ý thảo luận")] = ()
    catalogues: Annotated[tuple[Catalogue, ...], Field(title="Danh mục biểu hiện")] = ()
    banner: Annotated[Banner | None, Field(title="Ma két")] = None
    score_sheet: Annotated[Line, Field(title="Phiếu chấm điểm")] = ""
    report_form: Annotated[Line, Field(title="Mẫu báo cáo")] = ""
    duties: Annotated[tuple[Responsibility, ...], Field(title="Tổ chức thực hiện")] = ()
    recipients: Annotated[tuple[Line, ...], Field(title="Nơi nhận")] = ()
    authority: Annotated[Line, Field(title="Ký thay mặt", examples=["T/M BAN THƯỜNG VỤ"])] = ""
    signer_title: Annotated[Line, Field(title="Chức vụ người ký", examples=["PHÓ BÍ THƯ"])] = ""
    signer: Annotated[Line, Field(title="Người ký")] = ""
    rules: Annotated[Rules, Field(title="Cách tính")] = Rules()

    @property
    def quarterly_report(self) -> Milestone | None:
        """The consolidated report that the plan orders each quarter, if it does (S2-22, S4-14)."""
        found = (m for m in self.milestones if m.action is Action.CONSOLIDATE and _is_quarterly(m.due))
        return next(found, None)

    @property
    def report_due_days(self) -> int | None:
        """Days from a quarter's last day to its consolidated report; None where the plan orders none."""
        report = self.quarterly_report
        return report.due.days_after if report and isinstance(report.due, EachPeriod) else None


def _is_quarterly(due: Due) -> bool:
    return isinstance(due, EachPeriod) and due.period is Cycle.QUARTER

"""What is said of a unit's task: done, when the unit meets, more time, which cells go first."""

from collections.abc import Mapping
from typing import Any

from wtforms import DateField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin.forms import PageForm
from core.meetings.kinds import MeetingKind
from core.plans.tasks import Appointed, Done
from core.rotation.solving.facts import Slot

REASON = Length(max=1000)
CONCLUDED = [("yes", "Đã kết luận xong"), ("no", "Chưa kết luận, chuyển kỳ họp sau")]


class DoneForm(PageForm):
    """When a task was done; a meeting says besides whether it concluded."""

    done_on = DateField("Ngày hoàn thành", [InputRequired()])
    concluded = RadioField("Kết luận", [Optional()], choices=CONCLUDED)
    note = TextAreaField("Ghi chú", [Optional(), Length(max=2000)])
    despite = TextAreaField("Lý do vẫn thực hiện", [Optional(), REASON])

    def done(self) -> Done:
        """What was typed, as the service takes it."""
        concluded = {"yes": True, "no": False}.get(self.concluded.data or "")
        return Done(self.done_on.data, self.note.data or "", concluded, self.despite.data or "")


class MeetingForm(PageForm):
    """When and where the unit meets."""

    meets_on = DateField("Ngày sinh hoạt", [InputRequired()])
    slot = RadioField(
        "Buổi", [InputRequired()], choices=[(slot.value, slot.label.capitalize()) for slot in Slot]
    )
    place = StringField("Địa điểm", [InputRequired(), Length(max=200)])
    despite = TextAreaField("Lý do vẫn thực hiện", [Optional(), REASON])

    def appointed(self) -> Appointed:
        """What was typed, as the service takes it."""
        return Appointed(
            self.meets_on.data, self.slot.data, (self.place.data or "").strip(), self.despite.data or ""
        )


class ExtensionForm(PageForm):
    """Until when more time is asked, and why."""

    until = DateField("Xin gia hạn đến ngày", [InputRequired()])
    reason = TextAreaField("Lý do", [InputRequired(), REASON])


class AnswerForm(PageForm):
    """What is answered to a question for more time."""

    answer = TextAreaField("Ý kiến trả lời", [Optional(), REASON])


class NudgeForm(PageForm):
    """Words that go with a nudge."""

    words = TextAreaField("Lời nhắn thêm", [Optional(), Length(max=500)])


class PilotsForm(PageForm):
    """The cells that go first; the choices of each committee and block stand in the page."""

    cells = SelectMultipleField("Chi bộ làm điểm", choices=[], validate_choice=False)

    beside: Mapping[str, str] = {}

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put each sentence at the top and keep it for beside the choice it speaks of."""
        self.beside = problems
        super().refuse(problems)

    def chosen(self, typed: Mapping[str, Any]) -> dict[str, MeetingKind | None]:
        """By code of the cell the kind of meeting it goes first with; None where the plan leaves it open."""
        kinds = {code: typed.get(f"kind-{code}", "") for code in self.cells.data or ()}
        return {code: MeetingKind(kind) if kind in set(MeetingKind) else None for code, kind in kinds.items()}

"""What an official writes after a visit, or where there was none (S4-04 to S4-06)."""

from typing import Any

from wtforms import BooleanField, DateField, FieldList, FormField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from admin.forms import PageForm
from core.meetings.petitions import NewPetition
from core.rotation.visiting import Quality, Regularity, VisitFacts

MOST_PETITIONS = 5
FIELDS = (
    "Đất đai, xây dựng",
    "Giao thông, điện, nước",
    "Môi trường",
    "An ninh, trật tự",
    "Chế độ, chính sách",
    "Y tế, giáo dục",
    "Sản xuất, việc làm",
    "Xây dựng Đảng",
    "Khác",
)


class PetitionPart(PageForm):
    """One petition of the report; a part left empty is none."""

    class Meta(PageForm.Meta):
        """The report's own token guards its parts."""

        csrf = False

    text = TextAreaField("Nội dung kiến nghị", [Length(max=2000)])
    field = SelectField("Lĩnh vực", choices=[("", "Chọn lĩnh vực"), *((f, f) for f in FIELDS)], default="")
    urgent = BooleanField("Bức xúc, nổi cộm: báo ngay Thường trực cấp ủy")
    answer = TextAreaField("Đã trả lời tại chỗ", [Length(max=2000)])

    def validate_text(self, text: Any) -> None:
        """What was asked must be told where anything else of it is."""
        if (self.urgent.data or (self.answer.data or "").strip()) and not (text.data or "").strip():
            raise ValidationError("Xin ghi nội dung kiến nghị hoặc xóa các mục còn lại của kiến nghị này.")


class ReportForm(PageForm):
    """The report after a visit; one column on a phone."""

    attended_on = DateField("Ngày dự sinh hoạt", [InputRequired()])
    regularity = RadioField(
        "Nền nếp sinh hoạt", [InputRequired()], choices=[(r.value, r.label) for r in Regularity]
    )
    quality = RadioField(
        "Chất lượng buổi sinh hoạt", [InputRequired()], choices=[(q.value, q.label) for q in Quality]
    )
    content = TextAreaField("Nội dung buổi sinh hoạt", [InputRequired(), Length(max=5000)])
    information = TextAreaField("Thông tin, tài liệu đã chuyển tải", [Optional(), Length(max=5000)])
    proposal = TextAreaField("Đề xuất của đồng chí", [Optional(), Length(max=5000)])
    petitions = FieldList(
        FormField(PetitionPart), "Kiến nghị", min_entries=MOST_PETITIONS, max_entries=MOST_PETITIONS
    )

    def facts(self) -> VisitFacts:
        """What was typed, as the service takes it."""
        parts = [entry.data for entry in self.petitions.entries if (entry.data["text"] or "").strip()]
        petitions = [
            NewPetition(
                part["text"].strip(), part["field"] or "", part["urgent"], (part["answer"] or "").strip()
            )
            for part in parts
        ]
        return VisitFacts(
            self.attended_on.data,
            Regularity(self.regularity.data),
            Quality(self.quality.data),
            self.content.data.strip(),
            (self.information.data or "").strip(),
            (self.proposal.data or "").strip(),
            tuple(petitions),
        )


class MissForm(PageForm):
    """Why the visit was not made."""

    reason = TextAreaField("Lý do không dự được", [InputRequired(), Length(max=1000)])

"""What a meeting is for (domain: rules, meetings)."""

from enum import StrEnum


class MeetingKind(StrEnum):
    """The kinds of meeting; any of them may be a pilot."""

    REGULAR = "regular"
    THEMATIC = "thematic"
    FORUM = "forum"
    SELF_REVIEW = "self_review"
    COMMITTEE = "committee"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {
            "regular": "Sinh hoạt thường kỳ",
            "thematic": "Sinh hoạt chuyên đề",
            "forum": "Diễn đàn",
            "self_review": "Sinh hoạt “Tự soi, tự sửa”",
            "committee": "Hội nghị cấp ủy",
        }[self.value]

    @property
    def occasion(self) -> str:
        """One such meeting within a sentence: "buổi diễn đàn"."""
        words = self.label[0].lower() + self.label[1:]
        return words if self is MeetingKind.COMMITTEE else f"buổi {words}"

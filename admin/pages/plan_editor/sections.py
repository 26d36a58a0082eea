"""The sections of the editor, and what each lets edit: lists of items, and groups of single fields."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Group:
    """Fields of the plan that share one form."""

    key: str
    title: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """A section of the page: its groups, and the plan's lists named `lists`; `add` says what one more is."""

    key: str
    title: str
    lead: str
    groups: tuple[Group, ...] = ()
    lists: tuple[str, ...] = ()


SECTIONS: Final = (
    Section(
        "van-ban", "Văn bản và căn cứ", "Tên, năm, cơ quan ban hành, mục đích, yêu cầu, căn cứ.",
        (
            Group(
                "document", "Văn bản",
                ("subject", "year", "kind", "source_number", "issuer", "starts_on", "ends_on"),
            ),
            Group("aims", "Mục đích, yêu cầu", ("purposes", "demands")),
        ),
        ("bases", "duties"),
    ),
    Section(
        "doi-tuong", "Đối tượng", "Các nhóm đơn vị mà kế hoạch nhắc đến, mỗi nhóm theo điều kiện.",
        lists=("selectors",),
    ),
    Section(
        "noi-dung", "Nội dung, chương trình", "Từng nội dung với các bước của buổi sinh hoạt và câu gợi ý.",
        lists=("contents", "prompts"),
    ),
    Section(
        "moc", "Mốc thời gian", "Mỗi mốc thành một việc có hạn cho từng đơn vị trong nhóm.",
        lists=("milestones",),
    ),
    Section(
        "khach-moi", "Thành phần mời", "Ai được mời dự, theo từng nhóm đơn vị.", lists=("guests",)
    ),
    Section(
        "lam-diem", "Làm điểm, điều kiện trước", "Bao nhiêu đơn vị làm điểm; việc gì xong trước việc gì.",
        lists=("pilots", "gates"),
    ),
    Section(
        "tuyen", "Tuyến báo cáo, định kỳ dự", "Gửi về đâu, qua ban nào; cấp nào dự bao lâu một lần.",
        lists=("routes", "cadences"),
    ),
    Section(
        "danh-muc", "Ma két, chuyên đề, danh mục", "Chữ trên ma két, chuyên đề, biểu hiện, mẫu biểu.",
        (Group("forms", "Ma két, mẫu biểu", ("banner", "score_sheet", "report_form")),),
        ("topics", "catalogues"),
    ),
    Section(
        "ky", "Nơi nhận, người ký", "Những nơi nhận văn bản và phần ký.",
        (Group("signature", "Nơi nhận, người ký", ("recipients", "authority", "signer_title", "signer")),),
    ),
    Section(
        "cach-tinh", "Cách tính", "Cách hiểu “trước ngày”, ngày làm việc, chi bộ ít và đông đảng viên.",
        (Group("rules", "Cách tính", ("rules",)),),
    ),
)  # fmt: skip
ADD: Final = {
    "bases": "Thêm căn cứ",
    "duties": "Thêm trách nhiệm",
    "selectors": "Thêm nhóm đối tượng",
    "contents": "Thêm nội dung",
    "steps": "Thêm bước",
    "prompts": "Thêm câu gợi ý",
    "milestones": "Thêm mốc",
    "guests": "Thêm quy định mời",
    "invite": "Thêm thành phần",
    "pilots": "Thêm quy định làm điểm",
    "gates": "Thêm điều kiện",
    "routes": "Thêm tuyến báo cáo",
    "cadences": "Thêm cấp dự sinh hoạt",
    "topics": "Thêm chuyên đề",
    "catalogues": "Thêm danh mục",
    "items": "Thêm biểu hiện",
}
"""What the button says that adds an item, by the list's name."""
GROUPS: Final = {group.key: group for section in SECTIONS for group in section.groups}
SECTION_OF: Final = {
    key: section.key
    for section in SECTIONS
    for key in (
        *section.lists,
        *(group.key for group in section.groups),
        *(n for g in section.groups for n in g.names),
    )
}
"""By list, group or single field: the section where it is edited."""
GROUP_OF: Final = {name: group.key for group in GROUPS.values() for name in group.names}
"""By single field: the group whose form asks for it."""

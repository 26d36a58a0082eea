"""Types, symbols and numbers of Party documents, and who may issue what (S0-01; domain: document_format)."""

from enum import StrEnum

from core.documents.text import DocumentError


class DocumentType(StrEnum):
    """The types of document the register knows."""

    RESOLUTION = "resolution"
    DECISION = "decision"
    REGULATION = "regulation"
    DIRECTIVE = "directive"
    CONCLUSION = "conclusion"
    WORKING_RULES = "working_rules"
    CIRCULAR = "circular"
    GUIDANCE = "guidance"
    ANNOUNCEMENT = "announcement"
    REPORT = "report"
    PLAN = "plan"
    PROGRAMME = "programme"
    SCHEME = "scheme"
    OPTION = "option"
    SUBMISSION = "submission"
    LETTER = "letter"
    MINUTES = "minutes"

    @property
    def label(self) -> str:
        """The Vietnamese name: "Kế hoạch"."""
        return _TYPES[self][0]

    @property
    def symbol(self) -> str:
        """What stands between number and issuer: "KH"."""
        return _TYPES[self][1]


_TYPES = {
    DocumentType.RESOLUTION: ("Nghị quyết", "NQ"),
    DocumentType.DECISION: ("Quyết định", "QĐ"),
    DocumentType.REGULATION: ("Quy định", "QĐ"),
    DocumentType.DIRECTIVE: ("Chỉ thị", "CT"),
    DocumentType.CONCLUSION: ("Kết luận", "KL"),
    DocumentType.WORKING_RULES: ("Quy chế", "QC"),
    DocumentType.CIRCULAR: ("Thông tri", "TT"),
    DocumentType.GUIDANCE: ("Hướng dẫn", "HD"),
    DocumentType.ANNOUNCEMENT: ("Thông báo", "TB"),
    DocumentType.REPORT: ("Báo cáo", "BC"),
    DocumentType.PLAN: ("Kế hoạch", "KH"),
    DocumentType.PROGRAMME: ("Chương trình", "CTr"),
    DocumentType.SCHEME: ("Đề án", "ĐA"),
    DocumentType.OPTION: ("Phương án", "PA"),
    DocumentType.SUBMISSION: ("Tờ trình", "TTr"),
    DocumentType.LETTER: ("Công văn", "CV"),
    DocumentType.MINUTES: ("Biên bản", "BB"),
}


class IssuerKind(StrEnum):
    """Who issues a document, as far as the right to issue its type depends on it."""

    CELL = "cell"
    GRASSROOTS_COMMITTEE = "grassroots_committee"
    GRASSROOTS_STANDING = "grassroots_standing"
    COMMITTEE = "committee"
    STANDING = "standing"
    DEPARTMENT = "department"

    @property
    def label(self) -> str:
        """The Vietnamese name: "Chi bộ"."""
        return _ISSUERS[self]


_ISSUERS = {
    IssuerKind.CELL: "Chi bộ",
    IssuerKind.GRASSROOTS_COMMITTEE: "Đảng ủy cơ sở",
    IssuerKind.GRASSROOTS_STANDING: "Ban thường vụ đảng ủy cơ sở",
    IssuerKind.COMMITTEE: "Cấp ủy cấp trên cơ sở",
    IssuerKind.STANDING: "Ban thường vụ cấp ủy cấp trên cơ sở",
    IssuerKind.DEPARTMENT: "Cơ quan tham mưu, giúp việc cấp ủy",
}

_NEVER_AT_THE_BASE = frozenset({DocumentType.DIRECTIVE, DocumentType.CIRCULAR})
_BARRED: dict[IssuerKind, frozenset[DocumentType]] = {
    IssuerKind.CELL: _NEVER_AT_THE_BASE | {DocumentType.GUIDANCE, DocumentType.REGULATION},
    IssuerKind.GRASSROOTS_COMMITTEE: _NEVER_AT_THE_BASE | {DocumentType.GUIDANCE},
    IssuerKind.GRASSROOTS_STANDING: _NEVER_AT_THE_BASE | {DocumentType.WORKING_RULES},
}


def issuable(issuer: IssuerKind) -> tuple[DocumentType, ...]:
    """The types this issuer may issue: all but those barred for certain, which above the base are none."""
    return tuple(kind for kind in DocumentType if kind not in _BARRED.get(issuer, ()))


def require_issuable(issuer: IssuerKind, kind: DocumentType) -> None:
    """Raise DocumentError when `issuer` may not issue documents of this type."""
    if kind not in issuable(issuer):
        raise DocumentError(
            f"{issuer.label} không có thẩm quyền ban hành {kind.label.lower()}. "
            "Đồng chí hãy chọn thể loại khác hoặc trình cấp có thẩm quyền ban hành."
        )


def number_text(number: int) -> str:
    """The number as written: two digits at least ("05", "44", "101"). Raises DocumentError below 1."""
    if number < 1:
        raise DocumentError("Số văn bản phải từ 01 trở lên. Đồng chí hãy lấy số trong sổ đăng ký văn bản.")
    return f"{number:02d}"


def symbol_text(number: int | None, kind: DocumentType, issuer_symbol: str, type_symbol: str = "") -> str:
    """The line "Số 44-KH/HU": no colon, no space round the dash (S0-01).

    `issuer_symbol` is the issuer's abbreviation ("HU", "BTGHU"). `number` None leaves room to write it in.
    `type_symbol` replaces the type's own where a committee keeps an older one ("QĐi" for quy định, S2-14).
    """
    if not issuer_symbol:
        raise DocumentError("Chưa có ký hiệu cơ quan ban hành. Đồng chí hãy nhập ký hiệu, ví dụ: HU, ĐU, CB.")
    written = "\u00a0" * 6 if number is None else number_text(number)
    return f"Số {written}-{type_symbol or kind.symbol}/{issuer_symbol}"

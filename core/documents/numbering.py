"""Types, symbols and numbers of Party documents, and who may issue what (S0-01; domain: document_format)."""

from enum import StrEnum

from core.documents.text import DocumentError


class DocumentType(StrEnum):
    """The types of document; `label` is the Vietnamese name, `symbol` stands between number and issuer."""

    label: str
    symbol: str

    def __new__(cls, value: str, label: str, symbol: str) -> "DocumentType":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.symbol = symbol
        return member

    RESOLUTION = "resolution", "Nghị quyết", "NQ"
    DECISION = "decision", "Quyết định", "QĐ"
    REGULATION = "regulation", "Quy định", "QĐ"
    DIRECTIVE = "directive", "Chỉ thị", "CT"
    CONCLUSION = "conclusion", "Kết luận", "KL"
    WORKING_RULES = "working_rules", "Quy chế", "QC"
    CIRCULAR = "circular", "Thông tri", "TT"
    GUIDANCE = "guidance", "Hướng dẫn", "HD"
    ANNOUNCEMENT = "announcement", "Thông báo", "TB"
    REPORT = "report", "Báo cáo", "BC"
    PLAN = "plan", "Kế hoạch", "KH"
    PROGRAMME = "programme", "Chương trình", "CTr"
    SCHEME = "scheme", "Đề án", "ĐA"
    OPTION = "option", "Phương án", "PA"
    SUBMISSION = "submission", "Tờ trình", "TTr"
    LETTER = "letter", "Công văn", "CV"
    MINUTES = "minutes", "Biên bản", "BB"


class IssuerKind(StrEnum):
    """Who issues a document, as far as the right to issue its type depends on it."""

    label: str

    def __new__(cls, value: str, label: str) -> "IssuerKind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    CELL = "cell", "Chi bộ"
    GRASSROOTS_COMMITTEE = "grassroots_committee", "Đảng ủy cơ sở"
    GRASSROOTS_STANDING = "grassroots_standing", "Ban thường vụ đảng ủy cơ sở"
    COMMITTEE = "committee", "Cấp ủy cấp trên cơ sở"
    STANDING = "standing", "Ban thường vụ cấp ủy cấp trên cơ sở"
    DEPARTMENT = "department", "Cơ quan tham mưu, giúp việc cấp ủy"


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

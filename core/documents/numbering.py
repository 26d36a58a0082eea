"""Types, symbols and numbers of Party documents (S0-01; domain: document format)."""

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

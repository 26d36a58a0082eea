"""A document sheet as PDF, by xhtml2pdf (design: stack, xhtml2pdf; security, 70 to 73)."""

from io import BytesIO
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus.tables import CellStyle
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import RenderLimitError, ResourceAccessPolicy

from core.documents.figures_table import pieces
from core.documents.form import DocumentSheet, labels
from core.documents.letterhead import PARTY, date_line, recipient_lines
from core.documents.text import DocumentError

MAX_ROWS = 2000
"""Table lines one PDF may hold; more belongs in a spreadsheet."""

TEMPLATES = Path(__file__).parents[2] / "templates" / "documents"
FONT_DIR = TEMPLATES / "fonts"
_FACES = {"tinos_00": "Regular", "tinos_10": "Bold", "tinos_01": "Italic", "tinos_11": "BoldItalic"}
_NO_GLYPH = "\ufffd"

_POLICY = ResourceAccessPolicy.server(FONT_DIR, allow_remote=False, max_render_seconds=60)
_TEMPLATES = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class RenderFailed(RuntimeError):
    """The renderer reported errors; the message is for the operator, not for the user."""


def _use_tinos_only() -> None:
    """Make Tinos, under the names xhtml2pdf gives it, ReportLab's own face too; make output repeatable."""
    for name, style in _FACES.items():
        pdfmetrics.registerFont(TTFont(name, FONT_DIR / f"Tinos-{style}.ttf"))
    pdfmetrics.registerFontFamily("tinos", *_FACES, baseFontFor="canvas")
    CellStyle.fontname = "tinos_00"
    rl_config.invariant = 1


_use_tinos_only()
_GLYPHS = frozenset(pdfmetrics.getFont("tinos_00").face.charToGlyph) | {ord("\n")}


def render_pdf(sheet: DocumentSheet) -> bytes:
    """The sheet as a PDF in the official form; the same sheet always gives the same bytes.

    Characters Tinos lacks are printed as U+FFFD. Raises DocumentError past MAX_ROWS table lines or a minute
    of rendering, RenderFailed when xhtml2pdf reports an error. One rendering at a time in a process.
    """
    if sheet.table_rows > MAX_ROWS:
        raise DocumentError(_too_long(f"{sheet.table_rows} dòng bảng, quá {MAX_ROWS} dòng cho một tệp PDF"))
    return _pdf(_printable(_html(sheet)))


def _html(sheet: DocumentSheet) -> str:
    return _TEMPLATES.get_template("sheet.html").render(
        sheet=sheet,
        style=sheet.style,
        party=PARTY,
        date_line=date_line(sheet.place, sheet.issued_on),
        blocks=list(zip(sheet.body, labels(sheet.body, sheet.style.section_mark), strict=True)),
        recipients=recipient_lines(sheet.recipients, sheet.archive, sheet.style.recipient_end),
        pieces=pieces,
    )


def _printable(html: str) -> str:
    return "".join(letter if ord(letter) in _GLYPHS else _NO_GLYPH for letter in html)


def _pdf(html: str) -> bytes:
    """HTML to PDF. Bytes go in, because xhtml2pdf leaves open the file it writes long text to."""
    printed = BytesIO()
    source, base = html.encode(), str(FONT_DIR / "sheet.html")
    try:
        status = pisa.CreatePDF(source, dest=printed, path=base, encoding="utf-8", resource_policy=_POLICY)
    except RenderLimitError as stopped:
        raise DocumentError(_too_long("nội dung quá dài để tạo tệp PDF")) from stopped
    if status.err:
        raise RenderFailed("; ".join(str(entry) for entry in status.log))
    return printed.getvalue()


def _too_long(why: str) -> str:
    return f"Văn bản có {why}. Đồng chí hãy xuất tệp Excel (XLSX) hoặc chia thành nhiều văn bản."

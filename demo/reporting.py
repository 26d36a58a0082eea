"""Chapter four: each tenant consolidates the quarter; one report comes back; the province adds them all."""

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pypdf import PdfReader

from core.data import from_data
from core.documents.models import Artifact
from core.plans.models import Plan
from core.reports.figures import Figures, summary
from core.reports.models import Report, ReportVersion
from core.reports.service import accept, consolidate, expected, newest, open_report, send_back, submit
from core.reports.tally import total
from demo.telling import Teller
from demo.world import Chronicle, acting, at, wait_for_jobs
from tenants.access import Role
from tenants.clock import frozen
from tenants.scope import tenant_scope, transaction

ON_TIME, LATE, DECIDED, AGAIN, WHOLE = 6, 12, 13, 14, 15


def report_up(teller: Teller, chronicle: Chronicle) -> None:
    """Quarterly reports: made by jobs, sent up sealed; one late, one sent back and made again."""
    codes = [facts.code for facts in chronicle.below]
    with teller.step("Tổng hợp quý, gửi lên tỉnh") as line:
        for code in codes:
            _make_and_send(chronicle, code, LATE if code == codes[1] else ON_TIME)
        line.result = f"{len(codes)} báo cáo, 1 gửi muộn"
    with teller.step("Tỉnh tiếp nhận một, trả lại một, tổng hợp phần đã có") as line:
        _decide(chronicle, {codes[0]: "", codes[2]: "Số lượt dự tháng cuối quý cần rà soát lại."}, DECIDED)
        version = _consolidate(chronicle, chronicle.facts[0].code, DECIDED)
        missing = _missing(chronicle, version)
        teller.expect(len(missing) == 2, f"the first version names {missing} as missing, not two")
        line.result = f"bản 1, còn thiếu: {', '.join(missing)}"
    with teller.step("Đơn vị sửa và gửi lại, tỉnh tổng hợp đủ") as line:
        _make_and_send(chronicle, codes[2], AGAIN)
        _decide(chronicle, {codes[1]: "", codes[2]: ""}, AGAIN)
        line.result = _check_whole(teller, chronicle, _consolidate(chronicle, chronicle.facts[0].code, WHOLE))


def _make_and_send(chronicle: Chronicle, code: str, day: int) -> None:
    version_id = _consolidate(chronicle, code, day)
    with (
        frozen(at(chronicle.day(day), 15)),
        acting(chronicle.tenants[code], Role.TENANT_ADMIN) as (session, admin),
    ):
        submit(session, admin, session.get_one(ReportVersion, version_id))
    wait_for_jobs()


def _consolidate(chronicle: Chronicle, code: str, day: int) -> UUID:
    tenant_id = chronicle.tenants[code]
    with frozen(at(chronicle.day(day))), acting(tenant_id, Role.TENANT_ADMIN) as (session, admin):
        plan = session.scalars(sa.select(Plan)).one()
        report = open_report(session, admin, plan, chronicle.quarter)
        consolidate(session, admin, report)
    wait_for_jobs()
    with tenant_scope(tenant_id), transaction() as session:
        version = newest(session, report.id)
        if version is None:
            raise LookupError(f"{code}: no version was made")
        return version.id


def _decide(chronicle: Chronicle, reasons: dict[str, str], day: int) -> None:
    """Accept where there is no reason against it."""
    province = chronicle.tenants[chronicle.facts[0].code]
    _open_province_report(chronicle, day)
    with frozen(at(chronicle.day(day), 10)), acting(province, Role.STANDING_BODY) as (session, body):
        for item in expected(session, session.scalars(sa.select(Report)).one()):
            if item.tenant.code in reasons and item.dispatch:
                reason = reasons[item.tenant.code]
                send_back(session, body, item.dispatch, reason) if reason else accept(
                    session, body, item.dispatch
                )
    wait_for_jobs()


def _open_province_report(chronicle: Chronicle, day: int) -> None:
    province = chronicle.tenants[chronicle.facts[0].code]
    with frozen(at(chronicle.day(day))), acting(province, Role.TENANT_ADMIN) as (session, admin):
        open_report(session, admin, session.scalars(sa.select(Plan)).one(), chronicle.quarter)


def _missing(chronicle: Chronicle, version_id: UUID) -> list[str]:
    with tenant_scope(chronicle.tenants[chronicle.facts[0].code]), transaction() as session:
        return session.get_one(ReportVersion, version_id).missing


def _check_whole(teller: Teller, chronicle: Chronicle, version_id: UUID) -> str:
    with tenant_scope(chronicle.tenants[chronicle.facts[0].code]), transaction() as session:
        version = session.get_one(ReportVersion, version_id)
        figures = from_data(Figures, version.figures)
    parts = [_own_figures(chronicle, facts.code) for facts in chronicle.below]
    teller.expect(version.number == 2 and not version.missing, "the second version is not complete")
    teller.expect(
        figures.whole == total(p.whole for p in parts), "the province's sum is not the sum of its parts"
    )
    teller.expect(not figures.officials, "an official's name went up")
    return f"bản {version.number}: " + "; ".join(
        f"{what} {value}" for what, value in summary(figures.whole)[1:4]
    )


def _own_figures(chronicle: Chronicle, code: str) -> Figures:
    with tenant_scope(chronicle.tenants[code]), transaction() as session:
        query = sa.select(ReportVersion).where(ReportVersion.dispatch_id.is_not(None))
        version = session.scalars(query.order_by(ReportVersion.number.desc()).limit(1)).one()
        return from_data(Figures, version.figures)


def collect_documents(teller: Teller, chronicle: Chronicle) -> list[Path]:
    """Every rendered PDF written to the folder, its text and fonts read back."""
    files = []
    with teller.step("Văn bản PDF đúng thể thức") as line:
        for facts in chronicle.facts:
            with tenant_scope(chronicle.tenants[facts.code]), transaction() as session:
                for artifact in session.scalars(sa.select(Artifact).order_by(Artifact.id)):
                    files.append(_write(chronicle.folder / "pdf" / facts.code, artifact))
                    _check_pdf(teller, artifact.file_name, artifact.content)
        line.result = f"{len(files)} tệp, phông chữ nhúng, đọc lại được từng chữ"
    return files


def _write(folder: Path, artifact: Artifact) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / artifact.file_name
    path.write_bytes(artifact.content)
    return path


def _check_pdf(teller: Teller, name: str, content: bytes) -> None:
    pages = PdfReader(io.BytesIO(content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    fonts = fonts_of(content)
    teller.expect(
        "ĐẢNG CỘNG SẢN VIỆT NAM" in text and "Nơi nhận" in text, f"{name}: the letterhead is not there"
    )
    teller.expect("\ufffd" not in text and "■" not in text, f"{name}: a glyph is missing")
    teller.expect(bool(fonts) and all("Tinos" in font for font in fonts), f"{name}: fonts {sorted(fonts)}")


def fonts_of(content: bytes) -> set[str]:
    """Names of the fonts whose files a PDF carries."""
    found = set()
    for page in PdfReader(io.BytesIO(content)).pages:
        resources: Any = page["/Resources"]
        for entry in resources.get("/Font", {}).values():
            font = entry.get_object()
            if "/FontFile2" in font.get("/FontDescriptor", {}).get_object():
                found.add(str(font["/BaseFont"]))
    return found

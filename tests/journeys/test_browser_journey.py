"""In a real browser, against real processes: generate, publish, report on a phone, consolidate, download."""

import http.client
import os
import socket
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pytest
import sqlalchemy as sa
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from core.plans.due import BeforeDate, ByDate
from core.plans.periods import Cycle, Period
from core.plans.service import draft, publish
from core.rotation.models import Official, OfficialArea, RotationLevel
from demo.plan import province_plan
from demo.processes import Child
from demo.stack import Stack
from tenants.clock import today
from tenants.db import engine as make_engine
from tenants.models import Unit
from tenants.scope import connect
from tests.cast import PASSWORD, Cast
from tests.conftest import SECRET, TEMPLATE
from tests.task_ground import FORUM_PLAN, HOLD, PREPARE, REGISTER, REPORT, REVIEW, under_way, with_phone

pytestmark = pytest.mark.browser
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 800}


@dataclass(frozen=True)
class Product:
    """The product running: its address and the first month of the rotation to draw."""

    address: str
    first_month: date


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _prepare(cast: Cast) -> None:
    """A published plan, three cells with a meeting day, two commune officials over them."""
    with cast.session("huyen-a") as session:
        admin = cast.actor("huyen-a.admin")
        publish(session, admin, draft(session, admin, province_plan(_last_month().year, "Tỉnh An Lạc")))
        for unit in session.scalars(sa.select(Unit).where(Unit.code.in_(("CB-1", "CB-2", "CB-3")))):
            unit.meeting_day, unit.meeting_slot = 3, "evening"
        level = session.scalars(sa.select(RotationLevel).where(RotationLevel.code == "XA")).one()
        for who in ("official", "base-officer"):
            areas = [OfficialArea(unit_id=cast.unit("huyen-a/XA-1"))]
            person_id = cast.actor(f"huyen-a.{who}").person_id
            session.add(Official(person_id=person_id, level_id=level.id, areas=areas))
    _ask_for_a_forum(cast)


def _ask_for_a_forum(cast: Cast) -> None:
    """Cells register the day of a forum; one task of theirs is late."""
    soon, late = BeforeDate(today() + timedelta(days=30)), ByDate(today() - timedelta(days=4))
    tasks = (replace(REGISTER, due=soon), replace(REVIEW, due=late), PREPARE, replace(HOLD, due=soon), REPORT)
    said = replace(
        FORUM_PLAN, subject="Đợt diễn đàn đang mở", milestones=tasks, year=today().year, ends_on=None
    )
    under_way(cast, replace(said, starts_on=today() - timedelta(days=30)))
    with_phone(cast, "huyen-a.secretary", "0905 123 456")


@pytest.fixture(scope="module")
def product(stack: Stack, cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder, name, port = tmp_path_factory.mktemp("product"), f"{TEMPLATE}_browser", _free_port()
    stack.create_database(name, TEMPLATE)
    engine = make_engine(stack.environment(name)["DATABASE_URL"])
    connect(engine)
    _prepare(cast)
    surroundings = os.environ | stack.environment(name) | {
        "SECRET_KEY": SECRET, "SECURE_COOKIES": "off", "REQUIRE_TOTP": "off", "QUEUE_NAME": "browser",
        "WEB_HOST": "127.0.0.1", "WEB_PORT": str(port),
    }  # fmt: skip
    commands = (("gunicorn", "--config", "deploy/gunicorn.conf.py"), ("jobs.worker",))
    children = [_child(folder, command, surroundings) for command in commands]
    for child in children:
        child.start()
    children[0].wait_until(lambda: _answers(port))
    yield Product(f"http://127.0.0.1:{port}", _last_month())
    for child in reversed(children):
        child.stop()
    engine.dispose()
    stack.drop_database(name)


def _last_month() -> date:
    this = today()
    return date(this.year - (this.month == 1), (this.month + 10) % 12 + 1, 1)


def _child(folder: Path, command: tuple[str, ...], surroundings: dict[str, str]) -> Child:
    log = folder / f"{command[0]}.log"
    return Child(command[0], [sys.executable, "-m", *command], log, environment=surroundings)


def _answers(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False


@pytest.fixture
def sit_down(product: Product, browser: Browser) -> Iterator[Callable[[str, dict[str, int]], Page]]:
    """`sit_down("admin", DESKTOP)`: that person of huyen-a, signed in; every page error fails the test."""
    contexts, errors = [], list[str]()

    def page_of(login: str, size: dict[str, int]) -> Page:
        context = browser.new_context(viewport=size, base_url=product.address, accept_downloads=True)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto("/")
        page.get_by_label("Tên đăng nhập").fill(f"{login}@huyen-a")
        page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
        page.get_by_label("Mật khẩu", exact=True).press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Việc của tôi")
        return page

    yield page_of
    for context in contexts:
        context.close()
    assert errors == []


def test_an_admin_generates_looks_why_pins_swaps_and_publishes(
    product: Product, sit_down: Callable[[str, dict[str, int]], Page]
) -> None:
    page = sit_down("admin", DESKTOP)
    page.goto("/rotation/new")
    page.locator("[name=first_month]").select_option(product.first_month.isoformat())
    page.locator("[name=months]").fill("12")
    page.get_by_role("button", name="Xếp tự động").click()
    page.get_by_role("link", name="Xem kết quả").click(timeout=60_000)
    _look_why_pin_and_swap(page)
    page.get_by_role("link", name="Công bố").first.click()
    page.get_by_role("button", name="Công bố và gửi thông báo").click()
    expect(page.get_by_text("Bản 1 đang thực hiện")).to_be_visible()


def _look_why_pin_and_swap(page: Page) -> None:
    """On the board: the reasons of a line, its pin, then another line exchanged, its price seen first."""
    page.get_by_role("link", name="Sửa trên bảng").click()
    page.locator("table.matrix a.cell").nth(10).click()
    page.get_by_text("Vì sao ở đây?").click()
    expect(page.get_by_role("link", name="Xem điểm từng quy tắc")).to_be_visible()
    page.get_by_role("button", name="Ghim lượt này").click()
    expect(page.get_by_role("button", name="Bỏ ghim")).to_be_visible()
    page.get_by_role("link", name="Về bảng").click()
    page.locator("table.matrix a.cell").nth(8).click()
    page.locator("label", has_text="Đổi với").first.click()
    page.get_by_role("button", name="Xem điểm thay đổi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem trước thay đổi rồi giữ hoặc thôi")
    page.get_by_role("button", name="Giữ thay đổi").click()
    expect(page.get_by_text("Đã sửa tay (1)")).to_be_visible()
    page.get_by_role("link", name="Về dự thảo").click()


def test_an_official_subscribes_to_his_calendar(
    product: Product, sit_down: Callable[[str, dict[str, int]], Page]
) -> None:
    page = sit_down("official", PHONE)
    page.goto("/visits/calendar")
    page.get_by_role("button", name="Tạo liên kết").click()
    url = page.get_by_label("Hoặc chép liên kết").input_value()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with urllib.request.urlopen(url, timeout=10) as answer:
        events = Calendar.from_ical(answer.read()).events
    assert len(events) == 12
    assert {str(event["STATUS"]) for event in events} == {"TENTATIVE"}


def test_an_official_reports_on_a_phone(sit_down: Callable[[str, dict[str, int]], Page]) -> None:
    page = sit_down("official", PHONE)
    page.goto("/visits/")
    page.locator("main a[href$='/report']").first.click()
    page.get_by_text("Nền nếp", exact=True).click()
    page.get_by_text("Tốt", exact=True).click()
    page.locator("[name=content]").fill("Chi bộ bàn việc làm đường và thu đảng phí.")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Kiểm tra trước khi gửi").click()
    page.get_by_role("button", name="Gửi báo cáo").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã gửi")


def test_an_admin_consolidates_and_downloads(
    product: Product, sit_down: Callable[[str, dict[str, int]], Page]
) -> None:
    page, quarter = sit_down("admin", DESKTOP), Period.of(product.first_month, Cycle.QUARTER)
    page.goto("/reports/")
    page.get_by_text(f"Quý {('I', 'II', 'III', 'IV')[quarter.number - 1]}", exact=True).click()
    page.get_by_role("button", name="Mở kỳ báo cáo").click()
    page.get_by_role("button", name="Tổng hợp").first.click()
    link = page.get_by_role("link", name="PDF").first
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as waiting:
        link.click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF-")


def test_a_secretary_registers_a_meeting_on_a_phone(sit_down: Callable[[str, dict[str, int]], Page]) -> None:
    page = sit_down("secretary", PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="Đăng ký thời gian, địa điểm Diễn đàn").click()
    page.get_by_role("link", name="Đăng ký ngày họp").click()
    page.locator("[name=meets_on]").fill((today() + timedelta(days=14)).isoformat())
    page.get_by_text("Buổi sáng", exact=True).click()
    page.locator("[name=place]").fill("Nhà văn hóa thôn 3")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Kiểm tra trước khi gửi").click()
    expect(page.get_by_role("heading", name="Báo cáo kết quả Diễn đàn")).to_be_visible()
    page.get_by_role("button", name="Gửi đăng ký").click()
    expect(page.get_by_text("Đã đăng ký ngày")).to_be_visible()


def test_the_district_calls_and_urges_who_is_late(sit_down: Callable[[str, dict[str, int]], Page]) -> None:
    page = sit_down("standing", PHONE)
    page.goto("/follow/overdue?q=ra+soat")
    card = page.get_by_role("listitem").filter(has_text="Hoàng Thị Đào")
    card.get_by_text("Nhắc đơn vị này").click()
    page.get_by_role("button", name="Nhắc việc đã đánh dấu").click()
    page.get_by_role("button", name="Gửi lời nhắc").click()
    expect(page.get_by_text("Đã gửi 1 lời nhắc.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_admin_makes_a_plan_from_a_template_and_publishes_it(
    sit_down: Callable[[str, dict[str, int]], Page],
) -> None:
    page, clicks = sit_down("admin", DESKTOP), list[str]()

    def click(role: Literal["link", "button"], name: str) -> None:
        page.get_by_role(role, name=name).first.click()
        clicks.append(name)

    page.goto("/plans/")
    click("link", "Từ mẫu")
    page.get_by_text("Diễn đàn chi bộ", exact=True).click()
    click("button", "Lập dự thảo")
    click("link", "Kế hoạch chưa ghi người ký.")
    page.get_by_role("textbox", name="Người ký (không bắt buộc)", exact=True).fill("Trần Văn Mẫu")
    click("button", "Lưu")
    click("link", "Biên dịch, xem trước")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Huyện Bình Minh")
    click("link", "Kiểm tra và ban hành")
    click("button", "Ban hành kế hoạch")
    click("button", "Đồng ý")
    page.get_by_role("link", name="Xem kết quả").click(timeout=60_000)
    clicks.append("Xem kết quả")
    expect(page.get_by_text("Bản 1, ban hành")).to_be_visible()
    assert len(clicks) + len(("menu", "template")) <= 12


def test_an_admin_replans_after_an_illness(sit_down: Callable[[str, dict[str, int]], Page]) -> None:
    page = sit_down("admin", PHONE)
    page.goto("/rotation/")
    page.locator("main .card a").first.click()
    page.get_by_role("link", name="Có việc thay đổi").click()
    page.get_by_role("link", name="Ốm, nghỉ, đi vắng").click()
    page.locator("label", has_text="Ngô Quang Vinh").click()
    page.get_by_role("button", name="Tiếp tục").click()
    page.locator("[name=ends_on]").fill((today() + timedelta(days=60)).isoformat())
    page.get_by_role("button", name="Thêm vào danh sách").click()
    page.get_by_role("button", name="Xem trước thay đổi").click()
    page.get_by_role("link", name="Xem kết quả").click(timeout=60_000)
    expect(page.get_by_text("Đồng chí vắng mặt ngày này").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Xác nhận và lập dự thảo").click()
    page.get_by_role("link", name="Xem kết quả").click(timeout=60_000)
    expect(page.get_by_text("Lý do điều chỉnh: Đồng chí Ngô Quang Vinh vắng từ")).to_be_visible()

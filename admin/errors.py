"""Error pages: what happened and what to do, in Vietnamese, never a trace (design: security 61)."""

import secrets
from dataclasses import dataclass

import structlog
from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from tenants.access import NotAllowed, NotFound

log = structlog.get_logger()
Page = tuple[str, int]


@dataclass(frozen=True)
class Words:
    """What an error page says."""

    heading: str
    advice: str


WORDS = {
    400: Words("Yêu cầu chưa đúng", "Xin quay lại trang trước, kiểm tra nội dung đã nhập rồi làm lại."),
    401: Words("Chưa đăng nhập", "Xin đăng nhập rồi mở lại trang này."),
    403: Words(
        "Đồng chí chưa được giao quyền này",
        "Nếu cần dùng, xin liên hệ quản trị của đơn vị để được phân công.",
    ),
    404: Words(
        "Không có trang này",
        "Địa chỉ có thể đã đổi, hoặc nội dung không thuộc phạm vi của đồng chí. Xin mở lại từ trang đầu.",
    ),
    405: Words("Không mở được bằng cách này", "Xin quay lại trang trước và dùng nút trên trang."),
    409: Words(
        "Nội dung vừa được người khác sửa",
        "Thao tác chưa được lưu. Xin mở lại trang để xem bản mới nhất rồi sửa tiếp.",
    ),
    410: Words("Liên kết đã hết hiệu lực", "Xin đề nghị quản trị của đơn vị gửi liên kết mới."),
    413: Words("Tệp quá lớn", "Mỗi lần gửi tối đa 10 MB. Xin chia nhỏ hoặc nén tệp rồi gửi lại."),
    429: Words("Thử quá nhiều lần", "Xin chờ ít phút rồi thử lại."),
    500: Words("Hệ thống gặp lỗi", "Nội dung vừa gửi có thể chưa được lưu. Xin thử lại sau ít phút."),
    503: Words("Hệ thống đang bận", "Xin thử lại sau ít phút."),
}
EXPIRED = Words("Trang đã mở quá lâu", "Vì an toàn, xin mở lại trang rồi gửi lại; chưa có gì được lưu.")


def error_page(code: int, words: Words | None = None, error_id: str = "") -> Page:
    """The page of a status code."""
    said = words or WORDS.get(code) or WORDS[400 if code < 500 else 500]
    return render_template(
        "pages/error.html", code=code, heading=said.heading, advice=said.advice, error_id=error_id
    ), code


def _http(error: HTTPException) -> Page:
    code = error.code or 500
    if request.routing_exception is error and code == 400:  # an unknown host: there is no page to link to
        return "Bad Request", 400
    return error_page(code)


def _unexpected(error: Exception) -> Page:
    error_id = secrets.token_hex(4)
    log.error("page failed", error_id=error_id, endpoint=request.endpoint, exc_info=error)
    return error_page(500, error_id=error_id)


def register(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda _error: error_page(400, EXPIRED))
    app.register_error_handler(NotFound, lambda _error: error_page(404))
    app.register_error_handler(NotAllowed, lambda _error: error_page(403))
    app.register_error_handler(StaleDataError, lambda _error: error_page(409))
    app.register_error_handler(IntegrityError, lambda _error: error_page(409))
    app.register_error_handler(DataError, lambda _error: error_page(400))
    app.register_error_handler(Exception, _unexpected)

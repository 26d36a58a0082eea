"""The base of every form: CSRF token inside, and what WTForms says in Vietnamese (design: product X03)."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm

MESSAGES = {
    "This field is required.": "Xin nhập nội dung này.",
    "Not a valid choice.": "Xin chọn một mục trong danh sách.",
    "Not a valid choice": "Xin chọn một mục trong danh sách.",
    "'%(value)s' is not a valid choice for this field.": "Có mục không nằm trong danh sách.",
    "'%(value)s' are not valid choices for this field.": "Có mục không nằm trong danh sách.",
    "Invalid Choice: could not coerce.": "Xin chọn một mục trong danh sách.",
    "Choices cannot be None.": "Danh sách chọn đang trống.",
    "Not a valid integer value.": "Xin nhập số nguyên.",
    "Not a valid decimal value.": "Xin nhập một số.",
    "Not a valid float value.": "Xin nhập một số.",
    "Not a valid date value.": "Ngày chưa đúng; xin nhập như 05/07/2026.",
    "Not a valid datetime value.": "Ngày giờ chưa đúng; xin nhập như 05/07/2026 19:30.",
    "Not a valid time value.": "Giờ chưa đúng; xin nhập như 19:30.",
    "Invalid email address.": "Địa chỉ thư điện tử chưa đúng.",
    "Invalid input.": "Nội dung chưa đúng dạng.",
    "Already exists.": "Đã có mục trùng; xin nhập giá trị khác.",
    "Number must be at least %(min)s.": "Số nhỏ nhất là %(min)s.",
    "Number must be at most %(max)s.": "Số lớn nhất là %(max)s.",
    "Number must be between %(min)s and %(max)s.": "Xin nhập số từ %(min)s đến %(max)s.",
    "Field must be at least %(min)d character long.": "Cần ít nhất %(min)d ký tự.",
    "Field must be at least %(min)d characters long.": "Cần ít nhất %(min)d ký tự.",
    "Field cannot be longer than %(max)d character.": "Không quá %(max)d ký tự.",
    "Field cannot be longer than %(max)d characters.": "Không quá %(max)d ký tự.",
    "Field must be between %(min)d and %(max)d characters long.": "Cần từ %(min)d đến %(max)d ký tự.",
    "File does not have an approved extension: {extensions}": "Loại tệp chưa đúng; chỉ nhận {extensions}.",
    "The CSRF token is missing.": "Trang đã mở quá lâu; xin mở lại rồi gửi lại.",
    "The CSRF token is invalid.": "Trang đã mở quá lâu; xin mở lại rồi gửi lại.",
    "The CSRF session token is missing.": "Trang đã mở quá lâu; xin mở lại rồi gửi lại.",
    "The CSRF tokens do not match.": "Trang đã mở quá lâu; xin mở lại rồi gửi lại.",
}


class _Vietnamese:
    def gettext(self, text: str) -> str:
        return MESSAGES.get(text, text)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)


class PageForm(FlaskForm):
    """Subclass this for every form: `form = MyForm(); if form.validate_on_submit(): …`."""

    class Meta(FlaskForm.Meta):
        """How WTForms speaks."""

        def get_translations(self, _form: object) -> _Vietnamese:
            return _Vietnamese()

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put a service's sentences beside their fields; those without a field go to the top."""
        for name, sentence in problems.items():
            field: Any = self._fields.get(name)
            if field is None:
                self.form_errors = [*self.form_errors, sentence]
            else:
                field.errors = [*field.errors, sentence]

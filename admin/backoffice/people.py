"""People and the roles they hold."""

from typing import Any

from flask_admin.model.template import EndpointLinkRowAction
from sqlalchemy import orm
from wtforms import SelectField
from wtforms.validators import InputRequired

from admin.backoffice.noun import ServedNoun
from admin.database import db
from admin.security import current_actor
from core.notices.mailing import mail_boxes
from tenants.access import Permission, Role
from tenants.clock import today
from tenants.mail_settings import is_address
from tenants.models import Appointment, Person, Unit
from tenants.people import NewAppointment, PersonFacts, appoint, end_appointment, save_person
from tenants.people.posts import ROLES_GIVEN

GROUP = "Tổ chức, đồng chí"
ACCOUNT_LINK = EndpointLinkRowAction("key", "backoffice_accounts.person", title="Tài khoản")


def _mail_in_words(person: Person) -> str:
    box = mail_boxes(db.session, [person.id]).get(person.id)
    if box is None or not box.address:
        return "Không: chưa có địa chỉ"
    if box.refused:
        return "Không: máy chủ thư từ chối địa chỉ này; xin sửa địa chỉ"
    if not is_address(box.address):
        return "Không: địa chỉ viết chưa đúng; xin sửa địa chỉ"
    return "Có" if box.wanted else "Không, theo ý đồng chí"


class People(ServedNoun):
    """The roster."""

    model = Person
    label, slug, category = "Đồng chí", "people", GROUP
    fresh = frozenset({"export"})
    read, write = Permission.PEOPLE_READ, Permission.PEOPLE_EDIT
    creates = edits = removes = exports = True
    column_list = ("full_name", "code", "phone", "left_on")
    column_export_list = ("full_name", "code", "born_on", "phone", "email", "left_on")
    column_details_list = (*column_export_list, "mail")
    column_formatters_detail = {"mail": lambda _view, _context, person, _name: _mail_in_words(person)}
    column_searchable_list = ("search_key", "code")
    column_default_sort = "sort_key"
    column_sortable_list = (("full_name", "sort_key"), "code", "left_on")
    column_extra_row_actions = [ACCOUNT_LINK]
    form_columns = ("full_name", "code", "born_on", "phone", "email", "left_on")
    column_labels = {
        "full_name": "Họ và tên", "code": "Mã", "born_on": "Ngày sinh", "phone": "Điện thoại",
        "email": "Thư điện tử", "left_on": "Chuyển đi từ ngày", "search_key": "họ tên",
        "mail": "Nhận thư nhắc việc",
    }  # fmt: skip

    def get_list_row_actions(self) -> Any:
        """The link to the account only for whoever keeps accounts."""
        actions = super().get_list_row_actions()
        return [one for one in actions if one is not ACCOUNT_LINK or self.may_write()]

    def save(self, form: Any, model: Any) -> Any:
        """Enter or correct the person."""
        texts = {name: form[name].data or "" for name in ("code", "full_name", "phone", "email")}
        facts = PersonFacts(**texts, born_on=form.born_on.data, left_on=form.left_on.data)
        return save_person(db.session, current_actor(), facts, model)

    def leave(self, model: Any) -> None:
        """Let the person leave the roster today."""
        kept = {name: getattr(model, name) for name in PersonFacts.__dataclass_fields__}
        save_person(db.session, current_actor(), PersonFacts(**kept | {"left_on": today()}), model)


class Appointments(ServedNoun):
    """Who holds which role where."""

    model = Appointment
    label, slug, category = "Chức vụ", "appointments", GROUP
    fresh = frozenset({"create_view", "export"})
    read, write = Permission.PEOPLE_READ, Permission.APPOINTMENTS_EDIT
    creates = edits = removes = exports = True
    column_list = ("person", "role", "unit", "valid_from", "valid_to")
    column_details_list = ("person", "role", "unit", "department", "valid_from", "valid_to")
    column_export_list = column_details_list
    eager = (orm.joinedload(Appointment.department),)
    column_searchable_list = ("person.search_key", "unit.search_key")
    column_default_sort = "person.sort_key"
    column_sortable_list = (("person", "person.sort_key"), ("unit", "unit.path"), "valid_from", "valid_to")
    column_filters = ("valid_to",)
    form_columns = ("person", "appointed_role", "unit", "department", "valid_from", "valid_to")
    form_extra_fields = {
        "appointed_role": SelectField(
            "Chức vụ",
            choices=[("", "Xin chọn"), *((role.value, role.label) for role in ROLES_GIVEN)],
            validators=[InputRequired()],
        )
    }
    form_ajax_refs = {
        "person": {"fields": ("search_key", "code"), "order_by": Person.sort_key},
        "unit": {"fields": ("search_key", "code"), "order_by": Unit.path},
    }
    form_args = {
        "valid_from": {"default": today},
        "valid_to": {"description": "Đồng chí còn quyền đến hết ngày này; khi kết thúc, phải đăng nhập lại."},
    }
    fixed = ("person", "unit", "department", "valid_from", "appointed_role")
    column_labels = {
        "person": "Đồng chí", "role": "Chức vụ", "unit": "Đơn vị", "department": "Ban tham mưu",
        "valid_from": "Từ ngày", "valid_to": "Đến hết ngày", "person.search_key": "họ tên",
        "unit.search_key": "đơn vị",
    }  # fmt: skip

    def save(self, form: Any, model: Any) -> Any:
        """Give the role, or end it."""
        if model:
            end_appointment(db.session, current_actor(), model, form.valid_to.data or today())
            return model
        new = NewAppointment(
            form.person.data.id, form.unit.data.id, Role(form.appointed_role.data), form.valid_from.data,
            form.valid_to.data, form.department.data.id if form.department.data else None,
        )  # fmt: skip
        return appoint(db.session, current_actor(), new)

    def leave(self, model: Any) -> None:
        """End the role today."""
        end_appointment(db.session, current_actor(), model, today())

"""Founding, renaming, moving and ending units; paths follow (design: product F01, F02)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.access import Actor, Permission, fetch, require
from tenants.audit import record
from tenants.clock import today
from tenants.codes import RANKS, SLUG
from tenants.conditions import within
from tenants.models import Appointment, CellSetting, Unit
from tenants.people.past import remember
from tenants.people.posts import end_all
from tenants.people.problems import order_problem, refuse, words
from tenants.scope import lock_in_tenant
from tenants.tree import CODE, UnitKind, UnitPath
from tenants.vietnamese import fold

SLOTS = {"morning": "Sáng", "afternoon": "Chiều", "evening": "Tối"}
LONGEST_NAME = 200
MOST_MEMBERS, MOST_ROUNDS = 9999, 99
MOST_VISITORS, MOST_VISITS = 9, 99


@dataclass(frozen=True)
class UnitFacts:
    """What is to be true of a unit. `special` weighs a special area 0-3, `meeting_day` is 1-28,
    `meeting_slot` a key of SLOTS; only cells have these, a setting, `members`, `rounds_held` and what the
    rotation is asked for: `visitors_wanted` a meeting, `visits_least` a year, `visited_first`.
    `block` is a code or empty, `rank` a key of RANKS or empty and an organisation's alone."""

    code: str
    name: str
    kind: UnitKind
    parent_id: UUID | None
    valid_from: date
    valid_to: date | None = None
    setting_id: UUID | None = None
    special: int = 0
    meeting_day: int | None = None
    meeting_slot: str | None = None
    former_name: str = ""
    block: str = ""
    rank: str = ""
    members: int | None = None
    rounds_held: int = 0
    visitors_wanted: int = 1
    visits_least: int | None = None
    visited_first: bool = False

    @property
    def is_cells(self) -> bool:
        """Whether anything is said that is true of cells alone."""
        marked = self.setting_id or self.special or self.meeting_day or self.meeting_slot or self.rounds_held
        asked = self.visitors_wanted != 1 or self.visits_least is not None or self.visited_first
        return bool(marked or asked) or self.members is not None


def save_unit(session: orm.Session, actor: Actor, facts: UnitFacts, unit: Unit | None = None) -> Unit:
    """Found a unit, or rename, move, end one: every unit below follows in one statement.

    A rename keeps the former name, an end closes the unit's appointments; what the unit was until
    yesterday is kept. Raises NotAllowed, NotFound
    for a parent or setting that is not the tenant's, PeopleError by field.
    """
    lock_in_tenant(session, "tree")
    parent = _fresh(session, facts.parent_id)
    for path in {row.tree_path for row in (unit, parent) if row}:
        require(actor, Permission.UNITS_EDIT, path)
    refuse(_unit_problems(session, facts, unit, parent))
    before = (unit.name, unit.path, unit.valid_to) if unit else None
    if unit:
        _remember(session, unit, facts)
    row = unit or Unit(code=facts.code, kind=facts.kind, path="")
    _describe(row, facts, parent)
    session.add(row)
    session.flush()
    if before and before[1] != row.path:
        _move_below(session, UnitPath(before[1]), row.tree_path)
    if row.valid_to and before and before[2] != row.valid_to:
        end_all(session, Appointment.unit_id == row.id, row.valid_to)
    record(session, actor, f"unit:{_verb(before, row)}", row, parent=row.parent_id, until=row.valid_to)
    return row


def _fresh(session: orm.Session, unit_id: UUID | None) -> Unit | None:
    parent = fetch(session, Unit, unit_id) if unit_id else None
    if parent:
        session.refresh(parent)
    return parent


def _remember(session: orm.Session, unit: Unit, facts: UnitFacts) -> None:
    if unit.parent_id != facts.parent_id:
        remember(session, within([unit.tree_path]), today())
    elif any(getattr(unit, name) != getattr(facts, name) for name in ("name", "setting_id", "block", "rank")):
        remember(session, Unit.id == unit.id, today())


def _describe(row: Unit, facts: UnitFacts, parent: Unit | None) -> None:
    name = words(facts.name)
    renamed_from = row.name if row.name and row.name != name else ""
    row.name, row.search_key = name, fold(name)
    row.former_name = words(facts.former_name) or renamed_from
    row.parent_id = parent.id if parent else None
    row.path = (parent.tree_path.child(row.code) if parent else UnitPath.root(row.code)).text
    row.valid_from, row.valid_to = facts.valid_from, facts.valid_to
    row.setting_id, row.special = facts.setting_id, facts.special
    row.meeting_day, row.meeting_slot = facts.meeting_day, facts.meeting_slot
    row.block, row.rank = facts.block, facts.rank
    row.members, row.rounds_held = facts.members, facts.rounds_held
    row.visitors_wanted, row.visits_least = facts.visitors_wanted, facts.visits_least
    row.visited_first = facts.visited_first


def _verb(before: tuple[str, str, date | None] | None, row: Unit) -> str:
    if before is None:
        return "found"
    if before[2] != row.valid_to:
        return "end" if row.valid_to else "resume"
    return "move" if before[1] != row.path else "rename" if before[0] != row.name else "edit"


def _move_below(session: orm.Session, old: UnitPath, new: UnitPath) -> None:
    below = sa.update(Unit).where(Unit.path > old.text, Unit.path < old.end)
    moved = sa.literal(new.text) + sa.func.substr(Unit.path, len(old.text) + 1)
    following = below.values(path=moved, revision=Unit.revision + 1)
    session.execute(following, execution_options={"synchronize_session": "fetch"})


def _unit_problems(
    session: orm.Session, facts: UnitFacts, unit: Unit | None, parent: Unit | None
) -> dict[str, str | None]:
    if facts.setting_id:
        fetch(session, CellSetting, facts.setting_id)
    return (
        _figure_problems(facts)
        | visit_problems(facts.visitors_wanted, facts.visits_least)
        | {
            "name": None if 0 < len(words(facts.name)) <= LONGEST_NAME else "Tên đơn vị gồm 1–200 ký tự.",
            "code": _unit_code_problem(session, facts.code, unit),
            "kind": _kind_problem(facts, unit),
            "parent": _parent_problem(facts, unit, parent),
            "special": None if 0 <= facts.special <= 3 else "Mức đặc thù từ 0 đến 3.",
            "meeting_day": None
            if facts.meeting_day in {None, *range(1, 29)}
            else "Ngày sinh hoạt từ 1 đến 28.",
            "meeting_slot": None
            if facts.meeting_slot in {None, *SLOTS}
            else "Xin chọn sáng, chiều hoặc tối.",
            "valid_to": _end_problem(session, facts, unit),
        }
    )


def _figure_problems(facts: UnitFacts) -> dict[str, str | None]:
    members, rounds = facts.members or 0, facts.rounds_held
    block_fits = not facts.block or SLUG.fullmatch(facts.block)
    return {
        "block": None if block_fits else "Khối ghi bằng chữ hoặc số, tối đa 40 ký tự; ví dụ: Cơ quan.",
        "rank": _rank_problem(facts),
        "members": None if 0 <= members <= MOST_MEMBERS else f"Số đảng viên từ 0 đến {MOST_MEMBERS}.",
        "rounds_held": None if 0 <= rounds <= MOST_ROUNDS else f"Số lần đã tổ chức từ 0 đến {MOST_ROUNDS}.",
    }


def visit_problems(wanted: int, least: int | None) -> dict[str, str | None]:
    """What is wrong with the visitors a meeting and visits a year that a cell asks for, by field."""
    few, many = 1 <= wanted <= MOST_VISITORS, least is None or 1 <= least <= MOST_VISITS
    return {
        "visitors_wanted": None if few else f"Số đồng chí dự cùng buổi từ 1 đến {MOST_VISITORS}.",
        "visits_least": None if many else f"Số lượt một năm từ 1 đến {MOST_VISITS}, hoặc để trống.",
    }


def _rank_problem(facts: UnitFacts) -> str | None:
    if facts.rank and facts.kind is UnitKind.CELL:
        return "Chỉ đảng bộ mới có cấp tổ chức; xin bỏ trống ô này."
    return None if facts.rank in {"", *RANKS} else "Xin chọn cấp tổ chức trong danh sách."


def _kind_problem(facts: UnitFacts, unit: Unit | None) -> str | None:
    if unit and unit.kind is not facts.kind:
        return "Loại tổ chức không đổi được sau khi lập."
    if facts.is_cells and facts.kind is UnitKind.ORGANISATION:
        return (
            "Chỉ chi bộ mới có loại chi bộ, ngày sinh hoạt, địa bàn đặc thù, yêu cầu dự sinh hoạt, "
            "số đảng viên và số lần tổ chức; xin bỏ trống các ô này."
        )
    return None


def _unit_code_problem(session: orm.Session, code: str, unit: Unit | None) -> str | None:
    if unit:
        return None if unit.code == code else f"Mã đơn vị “{unit.code}” không đổi được sau khi lập."
    if not CODE.fullmatch(code):
        return "Mã gồm tối đa 40 chữ hoa không dấu, chữ số, dấu chấm, gạch nối; ví dụ: CB-001."
    taken = session.scalar(sa.select(Unit.name).where(Unit.code == code))
    return f"Mã “{code}” đã dùng cho {taken}; xin chọn mã khác." if taken else None


def _parent_problem(facts: UnitFacts, unit: Unit | None, parent: Unit | None) -> str | None:
    is_root = unit is not None and unit.parent_id is None
    if parent is None:
        return None if is_root else "Xin chọn đơn vị cấp trên."
    if is_root:
        return "Đơn vị gốc không thể trực thuộc đơn vị khác."
    if parent.kind is UnitKind.CELL:
        return f"{parent.name} là chi bộ, không có đơn vị trực thuộc; xin chọn một đảng bộ."
    if unit and unit.tree_path.contains(parent.tree_path):
        return f"{parent.name} chính là đơn vị này hoặc đang trực thuộc nó; xin chọn đơn vị khác."
    if parent.valid_to and (facts.valid_to is None or facts.valid_to > parent.valid_to):
        return f"{parent.name} kết thúc hoạt động ngày {parent.valid_to:%d/%m/%Y}; xin chọn đơn vị khác."
    return None


def _end_problem(session: orm.Session, facts: UnitFacts, unit: Unit | None) -> str | None:
    if facts.valid_to is None:
        return None
    if unit is None or facts.valid_to < facts.valid_from:
        return order_problem(facts.valid_from, facts.valid_to)
    if unit.parent_id is None:
        return "Đơn vị gốc không kết thúc được tại đây; xin liên hệ quản trị nền tảng."
    longer = sa.or_(Unit.valid_to.is_(None), Unit.valid_to > facts.valid_to)
    count = session.scalar(sa.select(sa.func.count(Unit.id)).where(Unit.parent_id == unit.id, longer))
    return f"Còn {count} đơn vị trực thuộc đang hoạt động; xin chuyển hoặc kết thúc trước." if count else None

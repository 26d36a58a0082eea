"""What is wrong with an event that is to change the tree, pure: each problem beside its field."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from tenants.codes import RANKS
from tenants.tree import CODE, UnitKind
from tenants.unit_events import EventKind, Forest, UnitChange, UnitState, children

LONGEST_NAME: Final = 200
MOST_UNITS: Final = 50
Problems = dict[str, str | None]


def problems_of(event: UnitChange, units: Forest) -> dict[str, str]:
    """What is wrong with an event, by field, in Vietnamese. Raises KeyError for a unit that is not there."""
    return {name: text for name, text in _problems(event, units).items() if text}


def _problems(event: UnitChange, units: Forest) -> Problems:
    merges = event.kind is EventKind.MERGE
    least, most = 2 if merges and _is_new(event) else 1, MOST_UNITS if merges else 1
    if not least <= len(set(event.unit_ids)) <= most:
        count = f"từ {least} đến {most} đơn vị" if merges else "một đơn vị"
        return {"units": f"Xin chọn {count} cần sắp xếp."}
    chosen = [units[key] for key in event.unit_ids]
    over = next((unit for unit in chosen if unit.valid_to is not None), None)
    if over:
        return {"units": _over(over)}
    root = next((unit for unit in chosen if unit.parent_id is None), None)
    if root and event.kind not in {EventKind.RENAME, EventKind.RERANK}:
        return {"units": f"{root.name} là đơn vị gốc, chỉ đổi được tên và cấp tổ chức."}
    return _CHECKS[event.kind](event, units, chosen)


def _is_new(event: UnitChange) -> bool:
    return bool(event.successors and event.successors[0].code)


def _merge_problems(event: UnitChange, units: Forest, chosen: list[UnitState]) -> Problems:
    if len({unit.kind for unit in chosen}) > 1:
        return {"units": "Chỉ sáp nhập đảng bộ với đảng bộ, chi bộ với chi bộ."}
    if len(event.successors) != 1:
        return {"into": "Xin chọn đơn vị tiếp nhận, hoặc ghi mã và tên của đơn vị mới."}
    if all(key == event.successors[0].id for key in event.unit_ids):
        return {"units": "Xin chọn thêm đơn vị nhập vào đơn vị tiếp nhận."}
    nested = next((a for a in chosen for b in chosen if a is not b and a.path.startswith(b.path)), None)
    if nested:
        return {"units": f"{nested.name} đang trực thuộc một đơn vị cùng sáp nhập; xin chuyển hoặc bỏ bớt."}
    parent = _parent_problem(units, event.parent_id, chosen) if _is_new(event) and event.parent_id else None
    return {
        "into": _successor_problem(event, units, chosen),
        "parent": parent,
        "day": _day_problem(event, chosen),
    }


def _split_problems(event: UnitChange, units: Forest, chosen: list[UnitState]) -> Problems:
    if len({new.id for new in event.successors}) < 2:
        return {"into": "Chia tách cần ít nhất 2 đơn vị tiếp nhận; đơn vị cũ có thể là một trong số đó."}
    following = {new.id for new in event.successors}
    left = [
        row
        for row in children(units, event.unit_ids, event.day)
        if event.choices.get(row.id) not in following
    ]
    names = ", ".join(row.name for row in left[:3]) + ("…" if len(left) > 3 else "")
    return {
        "into": _successor_problem(event, units, chosen),
        "choices": f"Chưa chọn đơn vị tiếp nhận cho {len(left)} đơn vị: {names}." if left else None,
        "day": _day_problem(event, chosen),
    }


def _dissolve_problems(event: UnitChange, units: Forest, chosen: list[UnitState]) -> Problems:
    below = children(units, event.unit_ids, event.day)
    if len(event.successors) > 1 or _is_new(event):
        return {"into": "Giải thể chỉ chuyển giao cho một đơn vị đang có."}
    if below and not event.successors:
        return {"into": f"Còn {len(below)} đơn vị trực thuộc; xin chọn đơn vị tiếp nhận."}
    return {"into": _successor_problem(event, units, chosen), "day": _day_problem(event, chosen)}


def _rename_problems(event: UnitChange, _units: Forest, chosen: list[UnitState]) -> Problems:
    if not 0 < len(event.name) <= LONGEST_NAME:
        return {"name": f"Tên đơn vị gồm 1–{LONGEST_NAME} ký tự."}
    return {"name": "Tên mới trùng tên đang dùng." if event.name == chosen[0].name else None}


def _move_problems(event: UnitChange, units: Forest, chosen: list[UnitState]) -> Problems:
    if event.parent_id == chosen[0].parent_id:
        return {"parent": "Đơn vị đang trực thuộc chính đơn vị này; xin chọn đơn vị khác."}
    return {"parent": _parent_problem(units, event.parent_id, chosen)}


def _rerank_problems(event: UnitChange, _units: Forest, chosen: list[UnitState]) -> Problems:
    if chosen[0].kind is UnitKind.CELL:
        return {"units": "Chỉ đảng bộ mới có cấp tổ chức."}
    fits = event.rank in RANKS and event.rank != chosen[0].rank
    return {"rank": None if fits else "Xin chọn cấp khác với cấp hiện nay."}


def _parent_problem(units: Forest, parent_id: UUID | None, chosen: list[UnitState]) -> str | None:
    parent = units.get(parent_id) if parent_id else None
    if parent is None:
        return "Xin chọn đơn vị cấp trên."
    if parent.kind is UnitKind.CELL:
        return f"{parent.name} là chi bộ, không có đơn vị trực thuộc; xin chọn một đảng bộ."
    if parent.valid_to is not None:
        return _over(parent)
    if any(parent.path.startswith(unit.path) for unit in chosen):
        return f"{parent.name} chính là đơn vị này hoặc đang trực thuộc nó; xin chọn đơn vị khác."
    return None


def _successor_problem(event: UnitChange, units: Forest, chosen: list[UnitState]) -> str | None:
    taken = {unit.code for unit in units.values()}
    for new in event.successors:
        if new.code:
            if not CODE.fullmatch(new.code) or not 0 < len(new.name) <= LONGEST_NAME:
                return f"Đơn vị mới “{new.name or new.code}”: mã chữ hoa không dấu, số; tên 1–200 ký tự."
            if new.code in taken:
                return f"Mã “{new.code}” đã dùng; xin chọn mã khác cho {new.name}."
            taken.add(new.code)
        elif problem := _heir_problem(event, units[new.id], chosen):
            return problem
    return None


def _heir_problem(event: UnitChange, heir: UnitState, chosen: list[UnitState]) -> str | None:
    if heir.valid_to is not None or heir.valid_from > event.day:
        return f"{heir.name} không hoạt động từ ngày {event.day:%d/%m/%Y}; xin chọn đơn vị khác."
    if heir.kind is not chosen[0].kind:
        return f"{heir.name} không cùng loại tổ chức với {chosen[0].name}; xin chọn đơn vị khác."
    itself = any(heir.id == unit.id for unit in chosen)
    if itself and event.kind is EventKind.DISSOLVE:
        return "Đơn vị giải thể không thể tự tiếp nhận."
    if not itself and any(heir.path.startswith(unit.path) for unit in chosen):
        return f"{heir.name} đang trực thuộc đơn vị cần sắp xếp; xin chọn đơn vị khác."
    return None


def _day_problem(event: UnitChange, chosen: list[UnitState]) -> str | None:
    stay = {new.id for new in event.successors}
    young = next((u for u in chosen if u.id not in stay and u.valid_from >= event.day), None)
    if young is None:
        return None
    return f"{young.name} mới hoạt động từ {young.valid_from:%d/%m/%Y}; xin chọn ngày sau đó."


def _over(unit: UnitState) -> str:
    return f"{unit.name} kết thúc hoạt động ngày {unit.valid_to:%d/%m/%Y}; xin chọn đơn vị khác."


_CHECKS: Final[Mapping[EventKind, Callable[[UnitChange, Forest, list[UnitState]], Problems]]] = {
    EventKind.MERGE: _merge_problems,
    EventKind.SPLIT: _split_problems,
    EventKind.RENAME: _rename_problems,
    EventKind.MOVE: _move_problems,
    EventKind.RERANK: _rerank_problems,
    EventKind.DISSOLVE: _dissolve_problems,
}

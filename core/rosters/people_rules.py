"""Rules of the files about people: posts, logins, officials, absences (X04)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from core.rosters.drafts import Draft, Finding, Known, Rule, grouped
from core.rosters.parsers import suggestion
from tenants.tree import UnitKind
from tenants.vietnamese import fold


def unit_known(key: str) -> Rule:
    """The unit named in a column is there."""

    def rule(drafts: list[Draft], known: Known) -> Iterator[Finding]:
        for draft in drafts:
            code = draft.get(key)
            if code is not None and code not in known.units:
                yield draft, key, f"chưa có đơn vị mã “{code}”; kiểm tra lại mã hoặc nhập đơn vị này trước."

    return rule


def person_known(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """The person is there."""
    for draft in drafts:
        code = draft.get("person")
        if code is not None and code not in known.people:
            yield (
                draft,
                "person",
                f"chưa có đồng chí mã “{code}”; kiểm tra lại mã hoặc nhập đồng chí này trước.",
            )


def one_person_one_description(drafts: list[Draft], _known: Known) -> Iterator[Finding]:
    """Rows of one person may differ in post only; a blank says nothing."""
    for group in grouped(drafts, "person").values():
        for key in ("full_name", "born_on", "phone", "email", "login"):
            told = [draft for draft in group if draft.get(key) is not None]
            for draft in told[1:]:
                if draft.get(key) != told[0].get(key):
                    yield draft, key, f"khác với dòng {told[0].number} của cùng đồng chí; sửa cho thống nhất."


def logins_apart(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """A login belongs to one person, in the file and in the tenant."""
    owners = {person.login: code for code, person in known.people.items() if person.login}
    for (login, person), group in grouped(drafts, "login", "person").items():
        owner = owners.setdefault(login, person)
        for draft in group if owner != person else ():
            yield draft, "login", f"“{login}” đã là của đồng chí mã “{owner}”; chọn tên đăng nhập khác."


def born_before_today(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """Nobody is born today or later."""
    for draft in drafts:
        born = draft.get("born_on")
        if born is not None and born >= known.today:
            yield draft, "born_on", f"{born:%d/%m/%Y} chưa đến; kiểm tra lại năm sinh."


def levels_known(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """Spells levels as the catalogue does, and names those it lacks."""
    codes = tuple(sorted(known.levels))
    by_fold = {fold(code): code for code in codes}
    for draft in drafts:
        level = draft.get("level")
        if level is None:
            continue
        if fold(level) in by_fold:
            draft.values["level"] = by_fold[fold(level)]
        else:
            hint = suggestion(level, codes) or f" Các cấp hiện có: {', '.join(codes) or 'chưa khai báo'}."
            yield draft, "level", f"chưa có cấp “{level}”.{hint}"


def areas_real(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """An area has a cell besides the own one, or the level may attend its own."""
    for draft in drafts:
        area = draft.get("area") or ()
        unknown = [f"“{code}”" for code in area if code not in known.units]
        closed = None if known.levels.get(draft.get("level") or "") else draft.get("own_cell")
        usable = [code for code in area if code in known.with_cells and code != closed]
        if unknown:
            yield (draft, "area", f"chưa có đơn vị mã {', '.join(unknown[:5])}; kiểm tra lại mã.")
        elif area and not usable:
            yield draft, "area", "không có chi bộ nào ngoài chi bộ nơi đồng chí sinh hoạt; chọn thêm đơn vị."


def own_cell_is_a_cell(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """The own cell is a cell."""
    for draft in drafts:
        unit = known.units.get(draft.get("own_cell"))
        if unit is not None and unit.kind is not UnitKind.CELL:
            yield draft, "own_cell", f"“{draft.get('own_cell')}” không phải là chi bộ; ghi mã chi bộ."


def days_in_order(drafts: list[Draft], _known: Known) -> Iterator[Finding]:
    """An absence ends on its first day or later."""
    for draft in drafts:
        start, end = draft.get("starts_on"), draft.get("ends_on")
        if start is not None and end is not None and end < start:
            yield draft, "ends_on", f"{end:%d/%m/%Y} trước ngày bắt đầu {start:%d/%m/%Y}; đổi lại hai ngày."


def namesakes(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """Two codes with one name and one day of birth may be one comrade entered twice."""
    groups = grouped(drafts, "full_name", "born_on", "person")
    bearers: dict[tuple[str, date], set[str]] = defaultdict(set)
    for code, person in known.people.items():
        if person.born_on is not None:
            bearers[person.search_key, person.born_on].add(code)
    for name, born_on, code in groups:
        bearers[fold(name), born_on].add(code)
    shown = {who: sorted(codes)[:4] for who, codes in bearers.items() if len(codes) > 1}
    for (name, born_on, code), group in groups.items():
        others = [other for other in shown.get((fold(name), born_on), ()) if other != code]
        if others:
            yield (
                group[0],
                "full_name",
                f"trùng họ tên và ngày sinh với mã {', '.join(others[:3])}; kiểm tra lại.",
            )


def returning(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """Comrades who had left come back with the import: worth a look."""
    for draft in drafts:
        person = known.people.get(draft.get("person") or "")
        if person is not None and person.left:
            yield draft, "person", "đồng chí này đã rời danh sách, sẽ được đưa trở lại khi nhập."


def logins_kept(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """A login that a comrade has is not changed by a file."""
    for draft in drafts:
        person, login = known.people.get(draft.get("person") or ""), draft.get("login")
        if person is not None and person.login and login and login != person.login:
            yield draft, "login", f"đồng chí đã có tên đăng nhập “{person.login}”; tên cũ được giữ nguyên."

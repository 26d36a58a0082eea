"""Rules of a file of units: parents that are there and above, cells without units below (X04)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from core.rosters.drafts import Draft, Finding, Known, KnownUnit
from core.rosters.parsers import suggestion
from tenants.tree import UnitKind
from tenants.vietnamese import fold

MAX_DEPTH: Final = 12
OF_CELLS: Final = {
    "members": None, "rounds_held": 0, "visitors_wanted": 1, "visits_least": None, "visited_first": False,
}  # fmt: skip
"""What only cells have, as it stands for an organisation."""


def parents(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """The unit above is there, may have units below, and stands in no circle."""
    units = _units_after(drafts, known)
    for draft in drafts:
        code, parent = draft.get("code"), draft.get("parent")
        if parent is None:
            continue
        if parent not in units:
            yield (
                draft,
                "parent",
                f"chưa có đơn vị mã “{parent}” trong tệp và trên hệ thống; kiểm tra lại mã.",
            )
        elif units[parent].kind is UnitKind.CELL:
            yield (
                draft,
                "parent",
                f"“{parent}” là chi bộ, không có đơn vị trực thuộc; chọn đơn vị cấp trên khác.",
            )
        elif code is not None and (problem := _chain_problem(code, units)):
            yield draft, "parent", problem


def _units_after(drafts: Iterable[Draft], known: Known) -> dict[str, KnownUnit]:
    """The units as they would stand after the import."""
    units = dict(known.units)
    for draft in drafts:
        code = draft.get("code")
        if code is None:
            continue
        before = known.units.get(code, KnownUnit(UnitKind.ORGANISATION))
        units[code] = KnownUnit(draft.get("kind") or before.kind, draft.values.get("parent", before.parent))
    return units


def _chain_problem(code: str, units: Mapping[str, KnownUnit]) -> str | None:
    chain, above = [code], units[code].parent
    while above is not None and above in units:
        if above == code:
            shown = " → ".join((*chain, code))
            return f"các đơn vị trực thuộc vòng tròn ({shown}); kiểm tra lại đơn vị cấp trên."
        if len(chain) == MAX_DEPTH:
            return f"đơn vị nằm sâu quá {MAX_DEPTH} cấp; kiểm tra lại đơn vị cấp trên."
        chain.append(above)
        above = units[above].parent
    return None


def cells_stay_childless(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """An organisation the tenant has may become a cell only once nothing stays below it."""
    after = _units_after(drafts, known)
    with_children = {after[code].parent for code in known.units}
    for draft in drafts:
        code = draft.get("code")
        if draft.get("kind") is UnitKind.CELL and code in with_children:
            yield (
                draft,
                "kind",
                f"“{code}” đang có đơn vị trực thuộc nên không thể là chi bộ; chuyển chúng trước.",
            )


def root_stays(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """The tenant's own unit stays an organisation with nothing above."""
    for draft in drafts:
        code = draft.get("code")
        if code not in known.units or known.units[code].parent is not None:
            continue
        if draft.get("parent") is not None:
            yield draft, "parent", f"“{code}” là đơn vị cao nhất của hệ thống; đề nghị để trống ô này."
        if draft.get("kind") is UnitKind.CELL:
            yield draft, "kind", f"“{code}” là đơn vị cao nhất của hệ thống nên không thể là chi bộ."


def figures_fit(drafts: list[Draft], _known: Known) -> Iterator[Finding]:
    """A rank is an organisation's; members, rounds held and what is asked of the rotation are a cell's."""
    for draft in drafts:
        if draft.get("kind") is UnitKind.CELL and draft.get("rank"):
            yield draft, "rank", "chỉ đảng bộ mới có cấp tổ chức; đề nghị để trống ô này."
        for key, usual in OF_CELLS.items():
            told = draft.get(key)
            if draft.get("kind") is UnitKind.ORGANISATION and told and told != usual:
                yield draft, key, "chỉ điền cho chi bộ; đề nghị để trống ô này."


def left_standing(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """Sound rows that lean on faulty ones: importing the sound ones alone would break the tree."""
    sound = [draft for draft in drafts if not draft.faults]
    faulty = {draft.get("code"): draft.number for draft in drafts if draft.faults}
    while True:
        found = {
            draft.number: (draft, key)
            for rule in (parents, cells_stay_childless)
            for draft, key, _message in rule(sound, known)
        }
        if not found:
            return
        for draft, key in found.values():
            row = faulty.get(draft.get("parent"))
            where = f"dòng {row} đang có lỗi" if row else "các dòng liên quan đang có lỗi"
            yield draft, key, f"chưa nhập được vì {where}; sửa lỗi đó trước."
        faulty |= {draft.get("code"): draft.number for draft, _key in found.values()}
        sound = [draft for draft in sound if draft.number not in found]


def settings_named(drafts: list[Draft], known: Known) -> Iterator[Finding]:
    """Spells known settings as the catalogue does, and shows those the import would add to it."""
    names = tuple(sorted(known.settings))
    by_fold = {fold(name): name for name in names}
    for draft in drafts:
        setting = draft.get("setting")
        if setting is None:
            continue
        draft.values["setting"] = by_fold.setdefault(fold(setting), setting)
        if draft.values["setting"] not in known.settings:
            hint = suggestion(setting, names)
            yield draft, "setting", f"“{setting}” chưa có trong danh mục, sẽ được thêm khi nhập.{hint}"

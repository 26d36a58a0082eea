from collections import Counter
from pathlib import Path
from random import Random

import pytest
from python_calamine import CalamineWorkbook
from vietnamadminunits.database import query

from demo.names import KNOWN, NameMaker, digest
from demo.province import COMMUNES, demo_tenants, former_communes
from demo.rosters import HEADINGS, TenantFacts, roster_rows, write_flawed_rosters, write_rosters
from tenants.tree import CODE

TENANTS = {facts.code: facts for facts in demo_tenants()}
DISTRICTS = [TENANTS["hai-lang"], TENANTS["vinh-linh"]]
ALL = pytest.mark.parametrize("facts", TENANTS.values(), ids=TENANTS)


def table(path: Path) -> list[list[object]]:
    with CalamineWorkbook.from_path(path) as book:
        return [list(row) for row in book.get_sheet_by_index(0).to_python()]


def test_same_seed_same_facts_and_another_seed_others() -> None:
    assert demo_tenants(7) == demo_tenants(7) != demo_tenants(8)


def test_tenants_form_one_tree_with_parents_first() -> None:
    parents = [(facts.code, facts.level_code, facts.parent_code) for facts in TENANTS.values()]
    assert parents == [
        ("quang-tri", "TINH", None),
        ("hai-lang", "HUYEN", "quang-tri"),
        ("vinh-linh", "HUYEN", "quang-tri"),
        ("khe-sanh", "XA", "quang-tri"),
    ]


def test_counts_are_those_of_a_district_and_a_commune() -> None:
    for facts in DISTRICTS:
        levels = Counter(one.level_code for one in facts.officials)
        assert 264 <= len(facts.residential_cells) <= 336
        assert len(facts.people) > 900
        assert (levels["HUYEN"], levels["TINH"]) == (45, 2)
        assert 12 * 15 <= levels["XA"] <= 12 * 40
    assert len(TENANTS["khe-sanh"].residential_cells) == 30


def test_communes_are_real_disjoint_and_known_by_their_former_names() -> None:
    today = {row["ward"] for row in query("SELECT ward FROM admin_units WHERE province = 'Tỉnh Quảng Trị'")}
    used = [name for communes in COMMUNES.values() for name in communes]
    assert set(used) <= today
    assert len(used) == len(set(used)) == 25
    assert {old.name for old in former_communes()["Xã Nam Hải Lăng"]} == {
        "Xã Hải Phong",
        "Xã Hải Sơn",
        "Xã Hải Chánh",
    }


@ALL
def test_every_reference_resolves_and_parents_come_first(facts: TenantFacts) -> None:
    known = {facts.root_code}
    for unit in facts.units:
        assert unit.parent_code in known
        known.add(unit.code)
    people = {person.code for person in facts.people}
    assert {person.unit_code for person in facts.people} <= known
    assert {code for one in facts.officials for code in (one.own_cell, *one.areas)} <= known
    assert (
        {absence.person_code for absence in facts.absences}
        <= {one.person_code for one in facts.officials}
        <= people
    )


@ALL
def test_codes_names_of_cells_logins_and_phones_are_unique(facts: TenantFacts) -> None:
    codes = [facts.root_code, *(unit.code for unit in facts.units), *(person.code for person in facts.people)]
    assert all(CODE.fullmatch(code) for code in codes)
    logins = [person.login for person in facts.people if person.login]
    phones = [person.phone for person in facts.people]
    siblings = [(unit.parent_code, unit.name) for unit in facts.units]
    for values in (codes, siblings, logins, phones):
        assert len(values) == len(set(values))
    assert {len(number) for number in phones} == {10}


@ALL
def test_officials_secretaries_and_staff_can_sign_in(facts: TenantFacts) -> None:
    logins = {person.login for person in facts.people}
    assert {"quantri", "bantochuc", "thuongtruc"} <= logins
    titled = [person for person in facts.people if person.title in ("Bí thư", "Đảng ủy viên")]
    assert all(person.login for person in titled)
    assert not any(person.login for person in facts.people if person.title == "Chi ủy viên")


def test_half_of_the_commune_officials_belong_to_a_hamlet_of_their_commune() -> None:
    for facts in DISTRICTS:
        homes = {cell.code: cell.parent_code for cell in facts.residential_cells}
        local = [one for one in facts.officials if one.level_code == "XA"]
        inside = [one for one in local if one.own_cell in homes]
        assert len(inside) / len(local) == pytest.approx(0.5, abs=0.05)
        assert all(one.areas == (homes[one.own_cell],) for one in inside)


def test_meetings_crowd_on_the_third_to_fifth_in_the_evening() -> None:
    cells = [cell for facts in TENANTS.values() for cell in facts.residential_cells]
    days = [cell.meeting_day or 0 for cell in cells]
    assert min(days) == 1
    assert max(days) == 28
    assert sum(3 <= day <= 5 for day in days) / len(days) == pytest.approx(0.64, abs=0.06)
    assert sum(cell.meeting_slot == "Tối" for cell in cells) / len(cells) == pytest.approx(0.8, abs=0.05)
    assert sum(cell.special > 0 for cell in cells) / len(cells) == pytest.approx(0.12, abs=0.04)


def test_officials_are_away_about_three_times_a_year() -> None:
    absences = [absence for facts in TENANTS.values() for absence in facts.absences]
    days = [(absence.last_day - absence.first_day).days + 1 for absence in absences]
    assert len(absences) / sum(len(facts.officials) for facts in TENANTS.values()) == pytest.approx(
        3, abs=0.3
    )
    assert all(3 <= length <= 10 or 28 <= length <= 31 for length in days)
    assert 0 < sum(length >= 28 for length in days) < 25


def test_some_comrades_share_a_name() -> None:
    for facts in DISTRICTS:
        repeats = len(facts.people) - len({person.full_name for person in facts.people})
        assert repeats / len(facts.people) == pytest.approx(0.02, abs=0.015)


def test_a_barred_name_is_never_made_however_it_is_spelt() -> None:
    first = NameMaker(Random(3), homonyms=0).next()
    again = NameMaker(Random(3), homonyms=0, barred=frozenset({digest(first.upper())}))
    assert first not in [again.next() for _ in range(3000)]


def test_nobody_bears_a_public_figure_s_name() -> None:
    assert len(KNOWN) > 100
    assert not [p for facts in TENANTS.values() for p in facts.people if digest(p.full_name) in KNOWN]


@ALL
def test_files_open_again_under_the_exact_headings(facts: TenantFacts, tmp_path: Path) -> None:
    for kind, path in write_rosters(facts, tmp_path).items():
        top, *rows = table(path)
        renamed = {"Họ và tên": "Họ tên", "Điện thoại": "SĐT"} if facts.code == "vinh-linh" else {}
        assert top == [renamed.get(heading, heading) for heading in HEADINGS[kind]]
        assert [row[0] for row in rows] == [row[0] for row in roster_rows(facts)[kind]]


def test_files_are_the_same_bytes_for_the_same_facts(tmp_path: Path) -> None:
    one, other = (write_rosters(TENANTS["khe-sanh"], tmp_path / name) for name in ("one", "other"))
    assert list(one) == list(HEADINGS)
    assert [path.read_bytes() for path in one.values()] == [path.read_bytes() for path in other.values()]


def test_a_kind_without_rows_has_no_file(tmp_path: Path) -> None:
    assert list(write_rosters(TENANTS["quang-tri"], tmp_path)) == ["units", "people"]


def test_flawed_files_are_the_clean_rows_and_the_counted_bad_ones(tmp_path: Path) -> None:
    facts = TENANTS["khe-sanh"]
    clean, flawed = write_rosters(facts, tmp_path), write_flawed_rosters(facts, tmp_path)
    for kind, roster in flawed.items():
        rows = table(clean[kind])
        assert table(roster.path)[: len(rows)] == rows
        assert len(table(roster.path)) == len(rows) + roster.bad_rows
    assert {kind: roster.bad_rows for kind, roster in flawed.items()} == {
        "units": 4, "people": 4, "officials": 2, "absences": 2,
    }  # fmt: skip

"""One invented Party year in a real province: four tenants, their units, people, officials and absences.

Communes are those in force since 01/07/2025 and those they were merged from (`vietnamadminunits`); hamlets,
cells and people are invented. The province has no districts any more: its two tenants of district rank keep
the names of former districts and take in neighbours, so that each has twelve communes and 300-odd
residential cells.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import product
from random import Random
from statistics import fmean

from vietnamadminunits import ConvertMode, convert_address
from vietnamadminunits.database import query

from demo.names import NameMaker, birth_date, phone
from demo.rosters import RESIDENTIAL as RESIDENTIAL
from demo.rosters import AbsenceFacts as AbsenceFacts
from demo.rosters import OfficialFacts as OfficialFacts
from demo.rosters import PersonFacts as PersonFacts
from demo.rosters import TenantFacts as TenantFacts
from demo.rosters import UnitFacts as UnitFacts
from tenants.vietnamese import fold, nfc

YEAR = 2026
PROVINCE = "Tỉnh Quảng Trị"
COMMUNES = {
    "hai-lang": (
        *("Xã Nam Hải Lăng", "Xã Diên Sanh", "Xã Mỹ Thủy", "Xã Vĩnh Định", "Xã Hải Lăng", "Xã Triệu Cơ"),
        *("Xã Triệu Bình", "Xã Nam Cửa Việt", "Xã Ái Tử", "Xã Triệu Phong"),
        *("Phường Quảng Trị", "Phường Nam Đông Hà"),
    ),
    "vinh-linh": (
        *("Xã Vĩnh Linh", "Xã Vĩnh Hoàng", "Xã Cửa Tùng", "Xã Vĩnh Thủy", "Xã Bến Quan", "Xã Bến Hải"),
        *("Xã Gio Linh", "Xã Cửa Việt", "Xã Cồn Tiên", "Xã Hiếu Giang", "Xã Cam Lộ", "Phường Đông Hà"),
    ),
    "khe-sanh": ("Xã Khe Sanh",),
}
AGENCY = "Cơ quan"
SLOTS = ("Sáng", "Chiều", "Tối")
HAMLET_WORDS = (
    "An Bình Phú Long Xuân Đông Tân Trung Thanh Kim Mỹ Hưng Vĩnh Lương Đại Thượng Hòa Diên Cẩm Lam",
    "An Lộc Hòa Thủy Sơn Điền Xá Lâm Khê Trạch Nghĩa Phước Long Hưng Quang Lợi Thành Giang Trường",
)
HAMLETS = [f"{first} {last}" for first, last in product(*map(str.split, HAMLET_WORDS)) if first != last]
REASONS = ("Đi công tác", "Tập huấn nghiệp vụ", "Nghỉ phép năm", "Điều trị bệnh", "Học lý luận chính trị")


@dataclass(frozen=True, slots=True)
class FormerCommune:
    """A commune as it was until 30/06/2025, with its centre in degrees."""

    name: str
    district: str
    longitude: float
    latitude: float

    @property
    def short(self) -> str:
        """The name without its rank: "Hồ Xá"; a numbered ward keeps it: "Phường 2"."""
        rest = self.name.removeprefix("Xã ").removeprefix("Phường ").removeprefix("Thị trấn ")
        return self.name if rest.isdigit() else rest

    @property
    def is_town(self) -> bool:
        """Whether people there live in quarters, not in hamlets."""
        return not self.name.startswith("Xã")


def demo_tenants(seed: int = 2026) -> tuple[TenantFacts, ...]:
    """The four tenants, parents first; the same seed gives the same facts."""
    return (
        _province(_Draft("quang-tri", 1, seed)),
        _district(_Draft("hai-lang", 2, seed), "Hải Lăng"),
        _district(_Draft("vinh-linh", 3, seed), "Vĩnh Linh"),
        _commune_tenant(_Draft("khe-sanh", 4, seed)),
    )


@cache
def former_communes() -> dict[str, tuple[FormerCommune, ...]]:
    """Each of the province's communes of today that was merged, with the communes it was merged from."""
    rows = query(
        "SELECT DISTINCT district, ward, wardCode FROM admin_units_legacy"
        " WHERE province = 'Tỉnh Quảng Trị' AND ward IS NOT NULL ORDER BY wardCode"
    )
    merged: dict[str, tuple[FormerCommune, ...]] = {}
    for row in rows:
        address = f"{row['ward']}, {row['district']}, {PROVINCE}"
        today = convert_address(address, mode=ConvertMode.CONVERT_2025)
        commune, old = nfc(today.ward), today.OldAdminUnit
        name = nfc(row["ward"]).replace("Thị Trấn", "Thị trấn")
        former = FormerCommune(name, nfc(row["district"]), old.longitude, old.latitude)
        merged[commune] = (*merged.get(commune, ()), former)
    return merged


@dataclass
class _Draft:
    """A tenant's rosters while they are drawn up."""

    code: str
    series: int
    seed: int
    units: list[UnitFacts] = field(default_factory=list)
    people: list[PersonFacts] = field(default_factory=list)
    officials: list[OfficialFacts] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = Random(f"{self.seed}:{self.code}")
        self.names = NameMaker(self.rng)
        self.hamlets = self.rng.sample(HAMLETS, len(HAMLETS))
        self.root = self.code.upper()

    def cell(self, code: str, name: str, setting: str, at: FormerCommune, former: str = "") -> None:
        """A cell near the former commune's centre, with a secretary, a deputy and, in a hamlet, one more."""
        rng, home = self.rng, setting == RESIDENTIAL
        point = (round(rng.gauss(at.longitude, 0.008), 5), round(rng.gauss(at.latitude, 0.008), 5))
        special = rng.randint(1, 3) if home and rng.random() < 0.12 else 0
        day = rng.randint(3, 5) if rng.random() < 0.6 else rng.randint(1, 28)
        slot = rng.choices(SLOTS, (10, 10, 80) if home else (50, 45, 5))[0]
        parent = code.rpartition("-")[0]
        self.units.append(
            UnitFacts(code, name, "Chi bộ", parent, *point, former, setting, special, day, slot)
        )
        ages = (27, 70) if home else (27, 60)
        self.person(code, "Bí thư", f"bithu-{code.lower()}", ages)
        self.person(code, "Phó Bí thư", ages=ages)
        if home:
            self.person(code, "Chi ủy viên", ages=ages)

    def person(self, unit_code: str, title: str, login: str = "", ages: tuple[int, int] = (32, 60)) -> str:
        """A new person of the unit; their code."""
        serial = len(self.people) + 1
        code = "".join(word[0] for word in self.code.upper().split("-")) + f"{serial:05d}"
        login = login or (f"canbo-{code.lower()}" if title == "Đảng ủy viên" else "")
        email = f"{login}@{self.code}.example" if login else ""
        born, number = birth_date(self.rng, YEAR, ages), phone(self.series, serial)
        self.people.append(PersonFacts(code, self.names.next(), born, number, email, unit_code, title, login))
        return code

    def official(self, unit_code: str, level: str, own_cell: str, areas: tuple[str, ...]) -> None:
        """A new committee member of the unit who attends cells in the areas."""
        code = self.person(unit_code, "Đảng ủy viên")
        self.officials.append(OfficialFacts(code, level, own_cell, areas))

    def staff(self, office_title: str, office_login: str) -> None:
        """The people at the root: administrator, department officer, standing body and office."""
        self.person(self.root, "Quản trị", "quantri")
        self.person(self.root, "Cán bộ ban", "bantochuc")
        self.person(self.root, "Thường trực cấp ủy", "thuongtruc")
        self.person(self.root, office_title, office_login)

    def commune(self, name: str, unit_code: str, cells: int) -> None:
        """A commune's cells, base committee and officials, half of them members of a hamlet's cell."""
        slug = _slug(name.partition(" ")[2])
        former = former_communes()[name]
        homes = [self._home(unit_code, number, former) for number in range(1, cells + 1)]
        self._workplaces(name, unit_code, former)
        self.person(unit_code, "Bí thư", f"bithu-{unit_code.lower()}")
        if unit_code != self.root:
            self.person(unit_code, "Văn phòng đảng ủy cơ sở", f"vanphong-{slug}")
        for number in range(self.rng.randint(15, 40)):
            own = self.rng.choice(homes) if number % 2 else f"{unit_code}-CQ"
            self.official(unit_code, "XA", own, (unit_code,))

    def _home(self, unit_code: str, number: int, former: tuple[FormerCommune, ...]) -> str:
        at = former[(number - 1) % len(former)]
        quarter = f"khu phố {(number - 1) // len(former) + 1}"
        name = f"{quarter} {at.short}" if at.is_town else f"thôn {self.hamlets.pop()}"
        was = f"Chi bộ {quarter if at.is_town else name}, {_lower(at.name)}, {_lower(at.district)}"
        code = f"{unit_code}-{number:02d}"
        self.cell(code, f"Chi bộ {name}", RESIDENTIAL, at, was)
        return code

    def _workplaces(self, name: str, unit_code: str, former: tuple[FormerCommune, ...]) -> None:
        where, at = _lower(name), self.rng.choice(former)
        self.cell(f"{unit_code}-CQ", f"Chi bộ cơ quan {where}", AGENCY, former[0])
        self.cell(f"{unit_code}-TH", f"Chi bộ Trường THCS {at.short}", "Trường học", at)
        self.cell(f"{unit_code}-YT", f"Chi bộ Trạm Y tế {where}", "Trạm y tế", former[0])
        self.cell(f"{unit_code}-QS", f"Chi bộ Quân sự {where}", "Lực lượng vũ trang", former[0])
        if self.rng.random() < 0.35:
            shop = f"Chi bộ Hợp tác xã dịch vụ tổng hợp {at.short}"
            self.cell(f"{unit_code}-DN", shop, "Doanh nghiệp", at)

    def departments(self, committee: str, at: FormerCommune) -> tuple[str, ...]:
        """The cells of the committee's own bodies, directly under the root; their codes."""
        bodies = ("Văn phòng", "Ban Tổ chức", "Ủy ban Kiểm tra", "Ban Tuyên giáo và Dân vận", "Ban Nội chính")
        for number, body in enumerate(bodies, 1):
            self.cell(f"{self.root}-CQ{number}", f"Chi bộ {body} {committee}", AGENCY, at)
        return tuple(unit.code for unit in self.units)

    def facts(self, name: str, committee: str, level: str, parent: str | None, place: str) -> TenantFacts:
        """What was drawn up, frozen."""
        absences = tuple(
            absence for one in self.officials for absence in _absences(self.rng, one.person_code)
        )
        rosters = (tuple(self.units), tuple(self.people), tuple(self.officials), absences)
        return TenantFacts(self.code, name, committee, level, parent, place, *rosters)


def _province(draft: _Draft) -> TenantFacts:
    draft.staff("Cán bộ ban", "vanphong")
    draft.departments("Tỉnh ủy", former_communes()["Phường Đông Hà"][0])
    for _ in range(12):
        draft.person(draft.root, "Đảng ủy viên", ages=(38, 60))
    return draft.facts("Đảng bộ tỉnh Quảng Trị", "Tỉnh ủy Quảng Trị", "TINH", None, "Quảng Trị")


def _district(draft: _Draft, place: str) -> TenantFacts:
    communes = COMMUNES[draft.code]
    codes = tuple(_slug(name).upper() for name in communes)
    draft.staff("Cán bộ ban", "vanphong")
    offices = draft.departments("Huyện ủy", former_communes()[communes[0]][0])
    for name, code in zip(communes, codes, strict=True):
        draft.units.append(_base(name, code, draft.root))
        draft.commune(name, code, draft.rng.randint(22, 28))
    for number, level in enumerate(["HUYEN"] * 45 + ["TINH"] * 2):
        areas = tuple(codes[(number + step) % len(codes)] for step in range(draft.rng.randint(1, 3)))
        draft.official(draft.root, level, draft.rng.choice(offices), areas)
    return draft.facts(f"Đảng bộ huyện {place}", f"Huyện ủy {place}", "HUYEN", "quang-tri", place)


def _commune_tenant(draft: _Draft) -> TenantFacts:
    (name,) = COMMUNES[draft.code]
    draft.staff("Văn phòng đảng ủy cơ sở", f"vanphong-{draft.code}")
    draft.commune(name, draft.root, 30)
    where = _lower(name)
    return draft.facts(f"Đảng bộ {where}", f"Đảng ủy {where}", "XA", "quang-tri", "Khe Sanh")


def _base(name: str, code: str, parent: str) -> UnitFacts:
    """The commune's own organisation, whose former names are those of the communes merged into it."""
    former = former_communes()[name]
    longitude = round(fmean(old.longitude for old in former), 5)
    latitude = round(fmean(old.latitude for old in former), 5)
    was = "; ".join(f"Đảng bộ {_lower(old.name)}" for old in former)
    return UnitFacts(code, f"Đảng bộ {_lower(name)}", "Đảng bộ", parent, longitude, latitude, was)


def _absences(rng: Random, person_code: str) -> list[AbsenceFacts]:
    """About three absences, each in a month of its own, of 3–10 days; one official in 100 is away a month."""
    months = sorted(rng.sample(range(1, 13), sum(rng.random() < 0.5 for _ in range(6))))
    whole = rng.randint(1, 12) if rng.random() < 0.01 else 0
    study = [_month_of_study(person_code, whole)] if whole else []
    return study + [_absence(rng, person_code, month) for month in months if month != whole]


def _month_of_study(person_code: str, month: int) -> AbsenceFacts:
    last = date(YEAR, month, monthrange(YEAR, month)[1])
    return AbsenceFacts(person_code, last.replace(day=1), last, "Học tập trung tại Trường Chính trị tỉnh")


def _absence(rng: Random, person_code: str, month: int) -> AbsenceFacts:
    first = date(YEAR, month, rng.randint(1, 19))
    return AbsenceFacts(person_code, first, first + timedelta(days=rng.randint(2, 9)), rng.choice(REASONS))


def _slug(name: str) -> str:
    return fold(name).replace(" ", "-")


def _lower(name: str) -> str:
    """A place's name within a sentence: its rank in lower case."""
    return name[0].lower() + name[1:]

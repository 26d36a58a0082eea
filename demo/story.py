"""The main job, chapter by chapter, on real input and through the same services that people use."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from core.plans.periods import Cycle, Period
from demo.living import live, new_lives
from demo.opening import count_tenants, give_passwords, import_officials, import_people, open_tenants
from demo.reporting import collect_documents, report_up
from demo.rosters import TenantFacts
from demo.rotating import ILL_AFTER, fall_ill, issue_plan, rotate
from demo.telling import Teller
from demo.world import Chronicle

SETTLED = timedelta(days=20)


@dataclass(frozen=True)
class Outcome:
    """What the run left: checks that failed, who can sign in, the PDFs."""

    failures: tuple[str, ...]
    sign_ins: tuple[str, ...]
    documents: tuple[Path, ...]


def tell(folder: Path, quarter: Period, until: date, facts: tuple[TenantFacts, ...]) -> Outcome:
    """Open, import, plan, rotate, live through the quarter up to a day, report; a worker must be running."""
    teller, chronicle = Teller(), Chronicle(facts, quarter, until, folder)
    open_tenants(teller, chronicle)
    import_people(teller, chronicle)
    issue_plan(teller, chronicle)
    import_officials(teller, chronicle)
    rotate(teller, chronicle)
    lives, ill_on = new_lives(chronicle), quarter.first_day + ILL_AFTER
    live(teller, lives, quarter.first_day, ill_on)
    fall_ill(teller, chronicle, chronicle.below[0].code)
    live(teller, lives, ill_on + timedelta(days=1), until)
    report_up(teller, chronicle)
    documents = collect_documents(teller, chronicle)
    count_tenants(chronicle)
    return Outcome(tuple(teller.failures), tuple(give_passwords(chronicle)), tuple(documents))


def last_quarter(today: date) -> Period:
    """The newest quarter that has ended."""
    return Period.of(today, Cycle.QUARTER).previous

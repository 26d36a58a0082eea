"""A smaller province of the same shape, for runs that must be quick."""

from dataclasses import replace

from demo.rosters import TenantFacts


def with_few_communes(facts: TenantFacts, most: int) -> TenantFacts:
    """The tenant with its first `most` organisations below the root, and all that lies in them."""
    communes = [
        unit.code for unit in facts.units if unit.parent_code == facts.root_code and unit.kind != "Chi bộ"
    ]
    left_out = set(communes[most:])
    units = tuple(u for u in facts.units if not left_out & {u.code, u.parent_code})
    kept = {unit.code for unit in units} | {facts.root_code}
    people = tuple(person for person in facts.people if person.unit_code in kept)
    names = {person.code for person in people}
    officials = tuple(
        replace(official, areas=tuple(area for area in official.areas if area in kept))
        for official in facts.officials
        if official.person_code in names and official.own_cell in {*kept, None, ""}
    )
    return replace(
        facts,
        units=units,
        people=people,
        officials=tuple(official for official in officials if official.areas),
        absences=tuple(absence for absence in facts.absences if absence.person_code in names),
    )

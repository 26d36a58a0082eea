"""The tree and its people, each change by one verb: on the record, in Vietnamese where it is refused."""

from tenants.people.logins import create_account as create_account
from tenants.people.logins import disable_account as disable_account
from tenants.people.logins import enable_account as enable_account
from tenants.people.logins import invite_again as invite_again
from tenants.people.past import units_on as units_on
from tenants.people.persons import PersonFacts as PersonFacts
from tenants.people.persons import save_person as save_person
from tenants.people.posts import NewAppointment as NewAppointment
from tenants.people.posts import appoint as appoint
from tenants.people.posts import end_appointment as end_appointment
from tenants.people.posts import grantable as grantable
from tenants.people.posts import require_over as require_over
from tenants.people.problems import PeopleError as PeopleError
from tenants.people.problems import over_all as over_all
from tenants.people.reorganise import Preview as Preview
from tenants.people.reorganise import apply_due as apply_due
from tenants.people.reorganise import apply_event as apply_event
from tenants.people.reorganise import plan_event as plan_event
from tenants.people.reorganise import preview_event as preview_event
from tenants.people.reorganise import undo_event as undo_event
from tenants.people.tree import UnitNode as UnitNode
from tenants.people.tree import unit_tree as unit_tree
from tenants.people.units import SLOTS as SLOTS
from tenants.people.units import UnitFacts as UnitFacts
from tenants.people.units import save_unit as save_unit

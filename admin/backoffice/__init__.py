"""The nouns on Flask-Admin. Each file holds views on `TenantModelView`; those listed here are served."""

from admin.backoffice.accounts import Accounts
from admin.backoffice.calendar import CalendarDays
from admin.backoffice.catalogues import CellSettings, Departments, RotationLevels
from admin.backoffice.people import Appointments, People
from admin.backoffice.records import AuditEntries, Jobs, Plans
from admin.backoffice.reminders import ReminderSettings
from admin.backoffice.rotations import Absences, Meetings, Officials, RotationVersions
from admin.backoffice.units import Units
from admin.views import TenantModelView

VIEWS: tuple[type[TenantModelView], ...] = (
    Units,
    People,
    Appointments,
    Accounts,
    CellSettings,
    Departments,
    RotationLevels,
    CalendarDays,
    ReminderSettings,
    Officials,
    Absences,
    Meetings,
    RotationVersions,
    Plans,
    AuditEntries,
    Jobs,
)

"""The nouns on Flask-Admin. Each file holds views on `TenantModelView`; those listed here are served."""

from admin.views import TenantModelView

VIEWS: tuple[type[TenantModelView], ...] = ()

"""The operators' back office: tenants, jobs, health, the platform's trail; never a tenant's content."""

from flask import Blueprint

from admin.platform import opening, overview, suspension

PAGES: tuple[Blueprint, ...] = (overview.pages, opening.pages, suspension.pages)

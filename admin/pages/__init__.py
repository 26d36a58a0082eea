"""The verbs as pages. Each file holds one blueprint; those listed here are served."""

from flask import Blueprint

from admin.pages import (
    calendar,
    dispatches,
    documents,
    jobs,
    notices,
    petitions,
    plans,
    reports,
    rosters,
    rotation,
    rotation_document,
    rotation_views,
    tasks,
    units,
    visits,
    visits_all,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    tasks.pages,
    visits.pages,
    calendar.pages,
    visits_all.pages,
    rotation.pages,
    rotation_views.pages,
    rotation_document.pages,
    petitions.pages,
    notices.pages,
    plans.pages,
    reports.pages,
    dispatches.pages,
    documents.pages,
    jobs.pages,
    rosters.pages,
    units.pages,
)

"""The verbs as pages. Each file holds one blueprint; those listed here are served."""

from flask import Blueprint

from admin.pages import (
    away,
    calendar,
    dispatches,
    documents,
    jobs,
    meeting_days,
    notices,
    own_plan,
    petitions,
    plans,
    reports,
    rosters,
    rotation,
    rotation_document,
    rotation_views,
    swaps,
    tasks,
    units,
    visits,
    visits_all,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    tasks.pages,
    visits.pages,
    calendar.pages,
    away.pages,
    swaps.pages,
    meeting_days.pages,
    own_plan.pages,
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

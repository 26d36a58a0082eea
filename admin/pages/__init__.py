"""The verbs as pages. Each file holds one blueprint; those listed here are served."""

from flask import Blueprint

from admin.pages import jobs, notices, petitions, rotation, rotation_views, tasks, visits, visits_all

BLUEPRINTS: tuple[Blueprint, ...] = (
    tasks.pages,
    visits.pages,
    visits_all.pages,
    rotation.pages,
    rotation_views.pages,
    petitions.pages,
    notices.pages,
    jobs.pages,
)

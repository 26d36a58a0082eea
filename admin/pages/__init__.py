"""The verbs as pages. Each file holds one blueprint; those listed here are served."""

from flask import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()

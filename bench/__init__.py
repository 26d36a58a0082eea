"""Measurements against what a committee does today."""

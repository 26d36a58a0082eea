"""Rosters: lists of organisations, people and officials, read from and written to spreadsheets (X04)."""

"""The work: plans, rotation, meetings, reports."""

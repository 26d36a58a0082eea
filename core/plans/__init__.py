"""Plans: what a committee asks of its units, version by version."""

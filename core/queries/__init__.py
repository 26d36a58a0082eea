"""Read models: what pages show, in a constant number of statements; nothing here writes."""

"""The editor of a plan's draft: one mechanism for every part (design: product D1, X03, X11)."""

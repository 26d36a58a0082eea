"""Between tenants: only frozen, hashed copies pass."""

"""The ground: who, where, when; and the lock between tenants. Imports nothing above itself."""

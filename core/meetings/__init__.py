"""Cell meetings and the petitions raised there."""

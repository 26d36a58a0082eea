"""The queue: the job row in PostgreSQL is the truth, Redis and RQ only ring (design: reliability)."""

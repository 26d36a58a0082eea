-- Roles and database, for psql as a superuser; safe to run again.
-- Passwords come from the environment. Used by compose.yaml and by the embedded server alike.
\set ON_ERROR_STOP on
\getenv owner_password COMMITTEE_OWNER_PASSWORD
\getenv app_password COMMITTEE_APP_PASSWORD

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['committee_owner', 'committee_app']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

-- The owner migrates; the app reads and writes under row-level security and can do nothing else.
ALTER ROLE committee_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION PASSWORD :'owner_password';
ALTER ROLE committee_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION PASSWORD :'app_password';

SELECT 'CREATE DATABASE committee OWNER committee_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'committee') \gexec

-- Schema public belongs to the database's owner, who alone may create in it (PostgreSQL 15 and later).
ALTER DATABASE committee OWNER TO committee_owner;
REVOKE ALL ON DATABASE committee FROM PUBLIC;
GRANT CONNECT ON DATABASE committee TO committee_app;

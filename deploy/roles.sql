-- The portal's two roles and its database, on PostgreSQL 15 or later. Run once as a superuser:
--
--   psql -v migrator_password="$(cat …)" -v app_password="$(cat …)" -d postgres -f deploy/roles.sql
--
-- May be repeated: existing roles get the passwords and rights below again.
--
-- migrator owns and migrates. BYPASSRLS, because migrations and verify_changes see all tenants;
-- CREATEDB only for running the tests, NOCREATEDB is enough in production.
-- app serves. It owns nothing, bypasses nothing, and gets its rights table by table from the migrations.

\set ON_ERROR_STOP on
\if :{?migrator_password} \else
DO $$ BEGIN RAISE EXCEPTION 'set migrator_password with -v'; END $$;
\endif
\if :{?app_password} \else
DO $$ BEGIN RAISE EXCEPTION 'set app_password with -v'; END $$;
\endif

SELECT 'CREATE ROLE migrator' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migrator') \gexec
SELECT 'CREATE ROLE app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') \gexec

ALTER ROLE migrator LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS PASSWORD :'migrator_password';
ALTER ROLE app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';

-- A statement that runs longer, or a transaction that idles longer, is a fault; locks must not wait for it.
ALTER ROLE app SET statement_timeout = '60s';
ALTER ROLE app SET idle_in_transaction_session_timeout = '60s';

SELECT 'CREATE DATABASE portal OWNER migrator ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal') \gexec

REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO app;

\connect portal
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- The two roles beside the owner of the warehouse, each with as little as its work needs (docs/decisions):
--   rasad_loader  what DAGs and stages log in as: reads and writes the rows of schema news, changes no table
--   rasad_reader  what analysts and dashboards log in as: reads schema mart, and nothing else
-- The owner migrates. `python -m rasad migrate` runs this file where the owner may create roles; where it may not, a
-- superuser does it once, and `python -m rasad migrate` then gives the roles their rights:
--
--   psql --dbname=warehouse --file=sql/roles.sql
--   psql --dbname=warehouse --command='\password rasad_loader' --command='\password rasad_reader'
--
-- Roles that are there stay as they are, with the limits that were set for them since.
DO $$
BEGIN
    IF to_regrole('rasad_loader') IS NULL THEN
        CREATE ROLE rasad_loader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    IF to_regrole('rasad_reader') IS NULL THEN
        CREATE ROLE rasad_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 60;
        ALTER ROLE rasad_reader SET search_path = mart;
        ALTER ROLE rasad_reader SET default_transaction_read_only = on;
        ALTER ROLE rasad_reader SET statement_timeout = '60s';
        ALTER ROLE rasad_reader SET lock_timeout = '10s';
        -- A migration waits for whoever still reads a view that it replaces.
        ALTER ROLE rasad_reader SET idle_in_transaction_session_timeout = '5min';
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;  -- roles are the server's: another database's migration was first
END
$$;

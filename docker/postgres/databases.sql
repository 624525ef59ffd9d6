-- Run once, when the volume is empty, by the Postgres image: two databases, each with an owner that can reach only
-- its own. The superuser is for backups and upgrades; no component logs in with it.
\set ON_ERROR_STOP on
\getenv airflow_password AIRFLOW_DB_PASSWORD
\getenv warehouse_password WAREHOUSE_DB_PASSWORD

CREATE ROLE airflow LOGIN PASSWORD :'airflow_password';
CREATE ROLE warehouse LOGIN PASSWORD :'warehouse_password';

-- The collation is that of the embedded server: byte order, the same on every system and release.
CREATE DATABASE airflow OWNER airflow TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
CREATE DATABASE warehouse OWNER warehouse TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';

REVOKE ALL ON DATABASE airflow, warehouse, postgres FROM PUBLIC;

-- Run once, when the volume is empty, by the Postgres image: three databases, each with an owner that can reach only
-- its own, and the two roles that do the warehouse's daily work. The superuser is for backups and upgrades; no
-- component logs in with it.
\set ON_ERROR_STOP on
\getenv airflow_password AIRFLOW_DB_PASSWORD
\getenv warehouse_password WAREHOUSE_DB_PASSWORD
\getenv loader_password LOADER_DB_PASSWORD
\getenv reader_password READER_DB_PASSWORD
\getenv dashboards_password DASHBOARDS_DB_PASSWORD
\getenv roles RASAD_ROLES

CREATE ROLE airflow LOGIN PASSWORD :'airflow_password';
CREATE ROLE warehouse LOGIN PASSWORD :'warehouse_password';
CREATE ROLE dashboards LOGIN PASSWORD :'dashboards_password';
\i :roles
ALTER ROLE rasad_loader PASSWORD :'loader_password';
ALTER ROLE rasad_reader PASSWORD :'reader_password';

-- The collation is that of the embedded server: byte order, the same on every system and release.
CREATE DATABASE airflow OWNER airflow TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
CREATE DATABASE warehouse OWNER warehouse TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
CREATE DATABASE dashboards OWNER dashboards TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';

REVOKE ALL ON DATABASE airflow, warehouse, dashboards, postgres FROM PUBLIC;

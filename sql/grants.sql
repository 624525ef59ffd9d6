-- What rasad_loader and rasad_reader may do; run by the owner after migrations and views, since schema mart is made anew.
-- Tables that come later, partitions above all, get their rights by the default privileges.
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO rasad_loader', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO rasad_reader', current_database());
END
$$;

GRANT USAGE ON SCHEMA news, mart TO rasad_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA news TO rasad_loader;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA news TO rasad_loader;
ALTER DEFAULT PRIVILEGES IN SCHEMA news GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO rasad_loader;
ALTER DEFAULT PRIVILEGES IN SCHEMA news GRANT USAGE, SELECT ON SEQUENCES TO rasad_loader;
REVOKE INSERT, UPDATE, DELETE ON news.migration FROM rasad_loader;
REVOKE EXECUTE ON FUNCTION news.make_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION news.make_partition TO rasad_loader;

GRANT USAGE ON SCHEMA mart TO rasad_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA mart TO rasad_reader, rasad_loader;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA mart TO rasad_reader, rasad_loader;

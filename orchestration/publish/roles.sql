-- Roles of Dataspor in PostgreSQL; an administrator runs this once in the database that shall hold
-- the marts, and may run it again: `dataspor postgres-roles | psql DATABASE`.
-- dataspor_owner writes, bi_reader reads; give each a password: \password dataspor_owner
do $$
begin
    if not exists (select from pg_roles where rolname = 'dataspor_owner') then
        create role dataspor_owner login;
    end if;
    if not exists (select from pg_roles where rolname = 'bi_reader') then
        create role bi_reader login connection limit 50;
    end if;
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to dataspor_owner, bi_reader', current_database());
    execute format('grant create on database %I to dataspor_owner', current_database());
end
$$;
revoke all on schema public from public;
-- a transaction sees one publish from its first query to its last
alter role bi_reader set default_transaction_isolation = 'repeatable read';
alter role bi_reader set default_transaction_read_only = on;
alter role bi_reader set statement_timeout = '60s';
alter role bi_reader set idle_in_transaction_session_timeout = '60s';
alter role bi_reader set search_path = marts;

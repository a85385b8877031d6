-- Where TimescaleDB is, the tables that grow with the steps become hypertables, cut by step: the step is part of their
-- identity keys, a wall time is not (docs/adr). Elsewhere they stay plain tables.
--
-- Creating the extension on a server that has not preloaded it ends the connection, so its settings are looked for first.
do $$
declare
  hypertable record;
begin
  if not exists (select from pg_extension where extname = 'timescaledb')
     and exists (select from pg_available_extensions where name = 'timescaledb')
     and exists (select from pg_settings where name like 'timescaledb%') then
    begin
      create extension if not exists timescaledb;
    exception when insufficient_privilege then
      raise notice 'timescaledb is available, but this user may not create it: plain tables are used';
    end;
  end if;
  if exists (select from pg_extension where extname = 'timescaledb') then
    for hypertable in
      select * from (values
        ('evenkeel_store.observation', 65536),
        ('evenkeel_store.step', 262144),
        ('evenkeel_store.layer_step', 16384),
        ('evenkeel_store.activation_step', 65536),
        ('evenkeel_store.tensor_step', 16384),
        ('evenkeel_store.knob_step', 65536),
        ('evenkeel_store.scalar_step', 65536)) as t (relation, steps)
    loop
      perform create_hypertable(
        hypertable.relation::regclass, 'step'::name,
        chunk_time_interval => hypertable.steps::bigint,
        create_default_indexes => false,
        migrate_data => true);
    end loop;
  end if;
end
$$;

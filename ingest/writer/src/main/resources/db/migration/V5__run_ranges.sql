-- Where TimescaleDB is, rows that nobody adds to any more are compressed. Elsewhere the tables that grow with the steps
-- are cut by run, 64 runs a partition: what there is becomes the first partition, without being copied.

-- The runs that rows can be stored for.
create table evenkeel_store.run_range (
  first_run integer primary key,
  end_run   integer not null
);

do $$
declare
  relation text;
  series text;
  cut integer;
  compression boolean := true;
begin
  if to_regclass('timescaledb_information.hypertables') is not null then
    execute $query$
      select exists (
        select from timescaledb_information.hypertables where hypertable_schema = 'evenkeel_store' and hypertable_name = 'step')
    $query$ into strict compression;
  else
    compression := false;
  end if;
  if compression then
    insert into evenkeel_store.run_range values (0, 2147483647);
    for relation, series in
      select * from (values
        ('observation', 'rank'), ('step', null), ('layer_step', 'layer'), ('activation_step', 'layer, site'),
        ('tensor_step', 'tensor_id'), ('knob_step', 'knob_id, scope_id'), ('scalar_step', 'name_id')) t
    loop
      begin
        execute format(
          'alter table evenkeel_store.%I set (timescaledb.compress, timescaledb.compress_segmentby = %L, timescaledb.compress_orderby = %L)',
          relation, concat_ws(', ', 'run_id', 'incarnation', series), 'step');
      exception when feature_not_supported or insufficient_privilege then
        raise notice 'this TimescaleDB does not compress: %', sqlerrm;
      end;
    end loop;
    return;
  end if;
  select (coalesce(max(run_id), 0) / 64 + 1) * 64 into cut from evenkeel_store.run;
  insert into evenkeel_store.run_range values (0, cut);
  foreach relation in array
    array['observation', 'step', 'layer_step', 'activation_step', 'tensor_step', 'knob_step', 'scalar_step']
  loop
    execute format('alter table evenkeel_store.%1$I rename to %2$I', relation, relation || '_r0');
    execute format('alter table evenkeel_store.%2$I rename constraint %1$I to %3$I',
      relation || '_pkey', relation || '_r0', relation || '_r0_pkey');
    execute format('create table evenkeel_store.%1$I (like evenkeel_store.%2$I including all) partition by range (run_id)',
      relation, relation || '_r0');
    execute format('alter table evenkeel_store.%1$I attach partition evenkeel_store.%2$I for values from (0) to (%3$s)',
      relation, relation || '_r0', cut);
  end loop;
end
$$;

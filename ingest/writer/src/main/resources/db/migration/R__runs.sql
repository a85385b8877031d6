-- Runs as a whole: their numbers, the partitions that their rows go to, deleting (docs/adr/0019).

-- Makes the partitions that a run's rows go to. Readers and writers of others are not held up.
create or replace function evenkeel_store.make_run_range(run_id integer) returns void
language plpgsql
as $$
declare
  relation text;
  first integer := ($1 / 64) * 64;
begin
  perform from evenkeel_store.run_range r where $1 >= r.first_run and $1 < r.end_run;
  if found then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('evenkeel run ranges', 0));
  perform from evenkeel_store.run_range r where $1 >= r.first_run and $1 < r.end_run;
  if found then
    return;
  end if;
  foreach relation in array
    array['observation', 'step', 'layer_step', 'activation_step', 'tensor_step', 'knob_step', 'scalar_step']
  loop
    -- Not "create table ... partition of": that locks the whole table against everybody.
    execute format('create table evenkeel_store.%1$I (like evenkeel_store.%2$I including all)',
      relation || '_r' || first, relation);
    execute format('alter table evenkeel_store.%2$I attach partition evenkeel_store.%1$I for values from (%3$s) to (%4$s)',
      relation || '_r' || first, relation, first, first + 64);
  end loop;
  insert into evenkeel_store.run_range values (first, first + 64);
end
$$;

-- The numbers of runs, which are made known, and may have rows. Until the transaction ends nobody deletes them.
create or replace function evenkeel_store.hold_runs(runs text[])
returns table (run text, run_id integer)
language plpgsql
as $$
#variable_conflict use_column
declare
  held text[] := array[]::text[];
begin
  loop
    -- A run that is being deleted is waited for, and is not there any more then.
    for run, run_id in
      select r.run, r.run_id from evenkeel_store.run r
      where r.run = any(runs) and r.run <> all(held)
      order by r.run
      for key share
    loop
      held := held || run;
      perform evenkeel_store.make_run_range(run_id);
      return next;
    end loop;
    exit when cardinality(held) >= (select count(distinct w) from unnest(runs) w);
    -- Sorted, so that two writers that bring the same runs do not wait for each other in a ring.
    insert into evenkeel_store.run (run)
    select distinct w from unnest(runs) w where w <> all(held) order by w
    on conflict do nothing;
  end loop;
end
$$;

-- Deletes all of a run: its rows, roll-ups, alerts, commands, audit trail, and what the controller keeps of it. A run that
-- still sends is a new run from then on. Dead letters are not told apart by run, and stay.
--
-- Answers how many rows it deleted; raises no_data_found if there is no such run.
create or replace function evenkeel_store.delete_run(run text) returns bigint
language plpgsql
as $$
#variable_conflict use_column
declare
  doomed integer;
  relation regclass;
  deleted bigint;
  total bigint := 0;
begin
  perform set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '0', true);
  -- Waits for batches that are being stored for the run; later ones wait for this, see hold_runs.
  select r.run_id into doomed from evenkeel_store.run r where r.run = $1 for update;
  if doomed is null then
    raise exception 'unknown run %', $1 using errcode = 'no_data_found';
  end if;
  for relation in
    select c.oid from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'run_id' and not a.attisdropped
    where c.relnamespace = 'evenkeel_store'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname = 'run', c.relname
  loop
    execute format('delete from %s where run_id = $1', relation) using doomed;
    get diagnostics deleted = row_count;
    total := total + deleted;
  end loop;
  -- The controller's tables are its own; it says itself how to delete a run from them.
  if to_regprocedure('controller.delete_run(text)') is not null then
    execute 'select controller.delete_run($1)' into deleted using $1;
    total := total + deleted;
  end if;
  return total;
end
$$;

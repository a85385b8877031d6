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

-- Deletes all of a run: its rows, roll-ups, alerts, commands, audit trail, and what the controller and the dashboard keep of it. A run that
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
  -- The controller's and the dashboard's tables are their own; they say themselves how to delete a run from them.
  if to_regprocedure('controller.delete_run(text)') is not null then
    execute 'select controller.delete_run($1)' into deleted using $1;
    total := total + deleted;
  end if;
  if to_regprocedure('dashboard.delete_run(text)') is not null then
    execute 'select dashboard.delete_run($1)' into deleted using $1;
    total := total + deleted;
  end if;
  return total;
end
$$;

-- Gives up the rows of a run that has told nothing for so long: from now on its series are drawn from roll-ups alone. The
-- rows themselves are deleted afterwards. False if it is not so far: it is written to, not silent, or not all rolled up.
create or replace function evenkeel_store.give_up_rows(run_id integer, silence interval) returns boolean
language plpgsql
set jit = off
as $$
#variable_conflict use_column
declare
  old record;
begin
  perform from evenkeel_store.run r where r.run_id = $1 for update skip locked;
  if not found
     or exists (select from evenkeel_store.incarnation i where i.run_id = $1 and i.touched_at > now() - silence)
     or exists (select from evenkeel_store.rollup_dirty d where d.run_id = $1) then
    return false;
  end if;
  -- Where a newer incarnation begins among 16 steps, the older one's entry of those is of its current steps alone.
  for old in
    select c.incarnation, c.end_step from evenkeel_store.span c
    join evenkeel_store.incarnation i on i.run_id = c.run_id and i.incarnation = c.incarnation
    where c.run_id = $1 and c.end_step between i.first_step and i.last_step and c.end_step & 15 <> 0
      and c.end_step >= i.raw_from
  loop
    perform evenkeel_store.roll_blocks($1, old.incarnation, old.end_step >> 10, old.end_step >> 10, old.end_step);
  end loop;
  update evenkeel_store.incarnation i set
    raw_from = case when i.last_step >= 9223372036854774784 then 9223372036854775807 else ((i.last_step >> 10) + 1) << 10 end,
    loss_last = coalesce(
      (select s.loss_lm from evenkeel_store.step s
       where s.run_id = $1 and s.incarnation = i.incarnation order by s.step desc limit 1), i.loss_last),
    -- Superseded steps no longer count, see ui_v1_runs.
    tokens = i.tokens - coalesce(
      (select sum(o.tokens) from evenkeel_store.observation o, evenkeel_store.span c
       where o.run_id = $1 and o.incarnation = i.incarnation and c.run_id = $1 and c.incarnation = i.incarnation
         and o.step >= greatest(c.end_step, i.raw_from)), 0)::bigint
  where i.run_id = $1 and i.last_step >= i.raw_from;
  update evenkeel_store.run r set rows_gone_at = null where r.run_id = $1;
  return true;
end
$$;

-- Drops the partitions of 64 runs if none of them keeps rows, and no run to come belongs there. False otherwise.
create or replace function evenkeel_store.drop_run_range(first_run integer) returns boolean
language plpgsql
as $$
#variable_conflict use_column
declare
  stop integer;
  relation text;
begin
  select r.end_run into stop from evenkeel_store.run_range r where r.first_run = $1;
  if stop is null or stop = 2147483647 or not exists (select from evenkeel_store.run r where r.run_id >= stop) then
    return false;
  end if;
  perform from evenkeel_store.run r where r.run_id >= $1 and r.run_id < stop order by r.run_id for update;
  if exists (
    select from evenkeel_store.incarnation i
    where i.run_id >= $1 and i.run_id < stop and i.last_step >= i.raw_from) then
    return false;
  end if;
  foreach relation in array
    array['observation', 'step', 'layer_step', 'activation_step', 'tensor_step', 'knob_step', 'scalar_step']
  loop
    execute format('drop table evenkeel_store.%I', relation || '_r' || $1);
  end loop;
  delete from evenkeel_store.run_range r where r.first_run = $1;
  update evenkeel_store.run r set rows_gone_at = now() where r.run_id >= $1 and r.run_id < stop;
  return true;
end
$$;

-- Deletes rows that a run has given up, those of the next `steps` steps that it has. False if there are none left.
create or replace function evenkeel_store.delete_given_up(run_id integer, steps bigint) returns boolean
language plpgsql
as $$
#variable_conflict use_column
declare
  relation text;
  part record;
  first bigint;
begin
  perform set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '0', true);
  for part in
    select i.incarnation, i.raw_from from evenkeel_store.incarnation i where i.run_id = $1 and i.raw_from > 0
  loop
    select least(
      (select min(s.step) from evenkeel_store.step s
       where s.run_id = $1 and s.incarnation = part.incarnation and s.step < part.raw_from),
      (select min(s.step) from evenkeel_store.observation s
       where s.run_id = $1 and s.incarnation = part.incarnation and s.step < part.raw_from)) into first;
    if first is not null then
      foreach relation in array
        array['observation', 'step', 'layer_step', 'activation_step', 'tensor_step', 'knob_step', 'scalar_step']
      loop
        execute format(
          'delete from evenkeel_store.%I where run_id = $1 and incarnation = $2 and step >= $3 and step - $3 < $4 and step < $5',
          relation) using $1, part.incarnation, first, steps, part.raw_from;
      end loop;
      return true;
    end if;
  end loop;
  update evenkeel_store.run r set rows_gone_at = now() where r.run_id = $1;
  return false;
end
$$;

-- Making roll-ups (docs/adr/0018). A block is 1024 steps.

-- Each incarnation with the steps [first_step, end_step) that are current of it.
create or replace view evenkeel_store.span as
select
  i.run_id,
  i.incarnation,
  least(i.first_step, d.first_step) as first_step,
  coalesce(
    (select min(least(n.first_step, nd.first_step))
     from evenkeel_store.incarnation n
     left join evenkeel_store.declaration nd on nd.run_id = n.run_id and nd.incarnation = n.incarnation
     where n.run_id = i.run_id and n.incarnation > i.incarnation),
    9223372036854775807) as end_step
from evenkeel_store.incarnation i
left join evenkeel_store.declaration d on d.run_id = i.run_id and d.incarnation = i.incarnation;

-- The mean of values given as two sums, which neither overflow nor underflow: of those below 1e100, and of the others,
-- each times 2^-600. Null if there is none.
create or replace function evenkeel_store.mean_of(
  small double precision, small_n bigint, large double precision, large_n bigint)
returns double precision
language sql immutable
as $$
  select case
    when large_n > 0 then
      case when abs(small) > 1 then small / (small_n + large_n) else 0 end
      + greatest(-1.7976931348623157e308 * power(2::double precision, -600),
          least(1.7976931348623157e308 * power(2::double precision, -600), large / (coalesce(small_n, 0) + large_n)))
        * power(2::double precision, 600)
    when small_n > 0 then case when abs(small) < 1e-300 then 0 else small / small_n end
  end
$$;

-- What a relation's rows are series of: the expressions of the series' number and of the metric's part.
create or replace function evenkeel_store.series_of(relation text, out series text, out part text)
language sql immutable
as $$
  select
    case relation
      when 'layer_step' then 's.layer' when 'activation_step' then 's.layer' when 'tensor_step' then 's.tensor_id'
      when 'knob_step' then 's.scope_id' else '0' end,
    case relation
      when 'activation_step' then 's.site::integer' when 'knob_step' then 's.knob_id' when 'scalar_step' then 's.name_id'
      else '0' end
$$;

create or replace function evenkeel_store.has_metric(relation text, metric text) returns boolean
language sql stable
as $$
  select exists (
    select from pg_attribute a
    where a.attrelid = format('evenkeel_store.%I', relation)::regclass and a.attname = metric and a.attnum > 0
      and not a.attisdropped and a.atttypid in ('float8'::regtype, 'int8'::regtype, 'int4'::regtype)
      and a.attname not in ('run_id', 'incarnation', 'step', 'layer', 'tensor_id', 'knob_id', 'scope_id', 'name_id',
        'slowest_rank', 'lowest_missing_rank'))
$$;

-- Columns that a migration has added become metrics, and all blocks are rolled up anew.
create or replace function evenkeel_store.learn_metrics() returns void
language plpgsql
as $$
begin
  insert into evenkeel_store.metric (relation, col)
  select r.relation, a.attname
  from unnest(array['step', 'layer_step', 'activation_step', 'tensor_step', 'knob_step', 'scalar_step'])
    with ordinality as r (relation, rank)
  join pg_attribute a on a.attrelid = format('evenkeel_store.%I', r.relation)::regclass
  where evenkeel_store.has_metric(r.relation, a.attname)
    and not exists (select from evenkeel_store.metric m where m.relation = r.relation and m.col = a.attname)
  order by r.rank, a.attnum;
  if found then
    insert into evenkeel_store.rollup_dirty (run_id, incarnation, block)
    select distinct s.run_id, s.incarnation, s.step >> 10
    from evenkeel_store.step s
    join evenkeel_store.incarnation i on i.run_id = s.run_id and i.incarnation = s.incarnation and s.step >= i.raw_from;
  end if;
end
$$;
select evenkeel_store.learn_metrics();

-- Rolls up the blocks first_block to last_block of an incarnation from its rows, and what is above them from the blocks.
-- With a cut_step, the 16 steps that it lies among are rolled up as if they ended before it.
create or replace function evenkeel_store.roll_blocks(
  run_id integer, incarnation integer, first_block bigint, last_block bigint, cut_step bigint default null)
returns void
language plpgsql
as $function$
#variable_conflict use_column
declare
  -- Entries of one width into one of eight times the width.
  combined constant text := $sql$
    min(low) as low,
    max(high) as high,
    evenkeel_store.mean_of(
      sum(mean * finite) filter (where abs(mean) < 1e100),
      sum(finite) filter (where abs(mean) < 1e100),
      sum(mean * power(2::double precision, -600) * finite) filter (where abs(mean) >= 1e100),
      sum(finite) filter (where abs(mean) >= 1e100)) as mean,
    (max(array[(e & 7)::double precision, last]))[2] as last,
    sum(n)::integer as n,
    sum(finite)::integer as finite
  $sql$;
  stored constant text :=
    'insert into evenkeel_store.rollup
     (run_id, incarnation, metric_id, part, level, bucket, series, places, low, high, mean, last, n, finite)';
  wanted record;
  parent integer;
begin
  delete from evenkeel_store.rollup r
  where r.run_id = $1 and r.incarnation = $2 and r.level in (4, 7, 10) and r.bucket between $3 and $4;
  for wanted in
    select m.relation, o.series, o.part,
      string_agg(format('(%s, s.%I::double precision)', m.metric_id, m.col), ', ') as columns
    from evenkeel_store.metric m, evenkeel_store.series_of(m.relation) o
    group by m.relation, o.series, o.part
  loop
    execute format($query$
      with v as (
        select s.step, %2$s as series, %3$s as part, m.metric_id, m.value
        from evenkeel_store.%1$I s, lateral (values %4$s) as m (metric_id, value)
        where s.run_id = $1 and s.incarnation = $2 and s.step between $3 and $4 and m.value is not null
          and ($5 is null or s.step < $5 or s.step >> 4 <> $5 >> 4)
      ), e4 as (
        select metric_id, part, series, step >> 4 as e,
          min(value) filter (where value <> 'NaN') as low,
          max(value) as high,
          evenkeel_store.mean_of(
            sum(value) filter (where abs(value) < 1e100),
            count(*) filter (where abs(value) < 1e100),
            sum(value * power(2::double precision, -600)) filter (where abs(value) >= 1e100 and abs(value) < 'Infinity'),
            count(*) filter (where abs(value) >= 1e100 and abs(value) < 'Infinity')) as mean,
          (max(array[(step & 15)::double precision, value]))[2] as last,
          count(*)::integer as n,
          (count(*) filter (where abs(value) < 'Infinity'))::integer as finite
        from v
        group by 1, 2, 3, 4
      ), e7 as (
        select metric_id, part, series, e >> 3 as e, %5$s from e4 group by 1, 2, 3, 4
      ), e10 as (
        select metric_id, part, series, e >> 3 as e, %5$s from e7 group by 1, 2, 3, 4
      ), entry as (
        select 4::smallint as level, e >> 6 as bucket, 16 as steps, 64 as places, (e & 63)::smallint as place, * from e4
        union all
        select 7, e >> 3, 128, 8, (e & 7)::smallint, * from e7
        union all
        select 10, e, 1024, 1, 0, * from e10
      )
      %6$s
      select $1, $2, metric_id, part, level, bucket, series,
        case when count(*) < places then array_agg(place order by e) end,
        array_agg(low order by e), array_agg(high order by e), array_agg(mean order by e), array_agg(last order by e),
        case when min(n) < steps then array_agg(n order by e) end,
        case when bool_or(finite <> n) then array_agg(finite order by e) end
      from entry
      group by metric_id, part, level, bucket, series, places, steps
    $query$, wanted.relation, wanted.series, wanted.part, wanted.columns, combined, stored)
    using $1, $2, $3 << 10, ($4 << 10) + 1023, $5;
  end loop;
  for parent in select generate_series(13, 22, 3) loop
    delete from evenkeel_store.rollup r
    where r.run_id = $1 and r.incarnation = $2 and r.level = parent
      and r.bucket between $3 >> (parent - 10) and $4 >> (parent - 10);
    execute format($query$
      %2$s
      select $1, $2, metric_id, part, $3, bucket, series, null, array[low], array[high], array[mean], array[last],
        case when n < 1 << $3 then array[n] end, case when finite <> n then array[finite] end
      from (
        select metric_id, part, series, e >> 3 as bucket, %1$s
        from (
          select metric_id, part, series, bucket as e, low[1] as low, high[1] as high, mean[1] as mean, last[1] as last,
            coalesce(n[1], 1 << ($3 - 3)) as n, coalesce(finite[1], n[1], 1 << ($3 - 3)) as finite
          from evenkeel_store.rollup
          where run_id = $1 and incarnation = $2 and level = $3 - 3 and bucket between $4 and $5) child
        group by 1, 2, 3, 4) whole
    $query$, combined, stored)
    using $1, $2, parent, ($3 >> (parent - 10)) << 3, (($4 >> (parent - 10)) << 3) + 7;
  end loop;
end
$function$;

-- Takes the marks of blocks away and rolls the blocks up, in one transaction. False if somebody else is rolling up this
-- incarnation, and nothing has been done.
--
-- Each statement here sees what was committed before it began (the function is volatile): all rows whose marks the first
-- deletion takes away are seen by the statements after it. Rows that come later bring marks that stay.
create or replace function evenkeel_store.roll_up(
  run_id integer, incarnation integer, first_block bigint, last_block bigint)
returns boolean
language plpgsql
set jit = off
as $$
#variable_conflict use_column
declare
  kept_from bigint;
begin
  if not pg_try_advisory_xact_lock(hashtextextended(format('evenkeel roll-up %s %s', $1, $2), 0)) then
    return false;
  end if;
  perform from evenkeel_store.run r where r.run_id = $1 for key share;
  if not found then -- deleted meanwhile
    delete from evenkeel_store.rollup_dirty d where d.run_id = $1;
    return true;
  end if;
  delete from evenkeel_store.rollup_dirty d
  where d.run_id = $1 and d.incarnation = $2 and d.block between $3 and $4;
  select (i.raw_from >> 10) + (i.raw_from & 1023 > 0)::integer into kept_from
  from evenkeel_store.incarnation i where i.run_id = $1 and i.incarnation = $2;
  if greatest($3, kept_from) <= $4 then
    perform evenkeel_store.roll_blocks($1, $2, greatest($3, kept_from), $4);
  end if;
  return true;
end
$$;

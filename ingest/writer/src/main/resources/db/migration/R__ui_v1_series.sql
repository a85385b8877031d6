-- Charts: the answer has at most `buckets` rows a series, however many steps there are.
--
-- metric: a numeric column of ui_v1_run_steps (series ''), of ui_v1_layer_steps (series = layer),
--   'SITE.COLUMN' of ui_v1_activation_steps, such as 'layer_out.max_abs' (series = layer),
--   'tensor.COLUMN' of ui_v1_tensor_steps, such as 'tensor.epsilon_over_rms' (series = tensor),
--   'knob.NAME' (series = scope), 'scalar.NAME' (series '').
-- bucket_step: first step of the bucket; buckets are the smallest power of two wide that gives at most `buckets` of
--   them, and begin at multiples of it, so that a live chart's do not wander. n: values in it; a bucket without any has
--   no row.
-- max is NaN as soon as one value is. min and mean leave NaN out, mean leaves infinities out too; both are what max is
-- when nothing is left. last is the value at the bucket's last step that has one, whatever it is.
--
-- Answered from roll-ups where there are any, and from the rows for the rest (docs/adr/0018): the edges of the range, and
-- blocks that have changed since. Where retention has given the rows up, the range is rounded outwards to 16 steps, and no
-- bucket is narrower.

-- A range of steps cut into pieces, each to be read at one level (0: from the rows): the coarsest that is no wider than
-- 2^top_level steps in the middle, finer ones towards the edges.
create or replace function evenkeel_store.cut(low bigint, high bigint, top_level integer)
returns table (level integer, from_step bigint, to_step bigint)
language plpgsql immutable
as $$
declare
  reached integer := 0;
  finer integer;
  inner_low bigint;
  inner_high bigint;
begin
  level := 0;
  foreach reached in array array[4, 7, 10, 13, 16, 19, 22] loop
    exit when reached > top_level;
    -- Shifting past the largest number makes it negative, and there is no whole entry there.
    inner_low := case when (low & ((1 << reached) - 1)) = 0 then low else ((low >> reached) + 1) << reached end;
    inner_high := case when (high & ((1 << reached) - 1)) = (1 << reached) - 1 then high else ((high >> reached) << reached) - 1 end;
    exit when inner_low < low or inner_low > inner_high;
    if low < inner_low then
      from_step := low;
      to_step := inner_low - 1;
      return next;
    end if;
    if inner_high < high then
      from_step := inner_high + 1;
      to_step := high;
      return next;
    end if;
    low := inner_low;
    high := inner_high;
    level := reached;
  end loop;
  from_step := low;
  to_step := high;
  return next;
end
$$;

-- The pieces of the steps of a run from low to high that are current, or of one incarnation's.
create or replace function evenkeel_store.pieces(
  run_id integer, wanted_incarnation integer, low bigint, high bigint, top_level integer)
returns table (incarnation integer, level integer, from_step bigint, to_step bigint)
language sql stable
rows 20
as $$
  with span as (
    select c.incarnation, i.raw_from,
      greatest($3, c.first_step) as low,
      least($4, i.last_step, case when $2 is null then c.end_step - 1 else 9223372036854775807 end) as high
    from evenkeel_store.span c
    join evenkeel_store.incarnation i on i.run_id = c.run_id and i.incarnation = c.incarnation
    where c.run_id = $1 and ($2 is null or c.incarnation = $2)
  ), given_up as (
    select s.incarnation, (s.low >> 4) << 4 as low, least(s.high | 15, s.raw_from - 1) as high
    from span s
    where s.low <= s.high and s.low < s.raw_from
  ), kept as (
    select s.incarnation, greatest(s.low, s.raw_from) as low, s.high
    from span s
    where s.low <= s.high and s.raw_from <= s.high
  ), changed as (
    select distinct k.incarnation, d.block
    from kept k
    join evenkeel_store.rollup_dirty d
      on d.run_id = $1 and d.incarnation = k.incarnation and d.block between k.low >> 10 and k.high >> 10
    where $5 >= 4
  ), island as (
    select incarnation, min(block) as first, max(block) as last
    from (select c.incarnation, c.block, c.block - row_number() over (partition by c.incarnation order by c.block) as island
          from changed c) c
    group by incarnation, island
  ), clean as (
    -- Before each island, and after the last.
    select k.incarnation, greatest(k.low, coalesce((lag(i.last) over w + 1) << 10, k.low)) as low, least(k.high, (i.first << 10) - 1) as high
    from kept k join island i on i.incarnation = k.incarnation
    window w as (partition by k.incarnation order by i.first)
    union all
    select k.incarnation, greatest(k.low, coalesce(((select max(i.last) from island i where i.incarnation = k.incarnation) + 1) << 10, k.low)), k.high
    from kept k
  )
  select g.incarnation, p.level, p.from_step, p.to_step
  from given_up g cross join lateral evenkeel_store.cut(g.low, g.high, greatest($5, 4)) p
  union all
  select c.incarnation, p.level, p.from_step, p.to_step
  from clean c cross join lateral evenkeel_store.cut(c.low, c.high, $5) p
  where c.low <= c.high
  union all
  select k.incarnation, 0, greatest(k.low, i.first << 10), least(k.high, (i.last << 10) + 1023)
  from kept k join island i on i.incarnation = k.incarnation
$$;

create or replace function public.ui_v1_series(
  run text, incarnation integer, metric text, from_step bigint, to_step bigint, buckets integer)
returns table (
  series text, bucket_step bigint, min double precision, max double precision, mean double precision,
  last double precision, n bigint)
language plpgsql stable
set jit = off -- compiling takes longer than the answer
as $function$
#variable_conflict use_column
declare
  wanted_run alias for $1;
  wanted_incarnation alias for $2;
  wanted_metric alias for $3;
  prefix text := split_part($3, '.', 1);
  suffix text := substr($3, strpos($3, '.') + 1);
  source text;
  source_column text := 'value';
  series_text text := '''''';
  wanted_part integer := 0;
  keys record;
  rolled integer;
  known_run integer;
  low bigint;
  high bigint;
  rows_from bigint;
  width bigint := 1;
  top_level integer := 0;
begin
  if strpos(wanted_metric, '.') = 0 then
    source_column := wanted_metric;
    if evenkeel_store.has_metric('step', wanted_metric) then
      source := 'step';
    elsif evenkeel_store.has_metric('layer_step', wanted_metric) then
      source := 'layer_step';
      series_text := 'b.series::text';
    end if;
  elsif prefix in ('layer_out', 'moe_in', 'moe_out') and evenkeel_store.has_metric('activation_step', suffix) then
    source := 'activation_step';
    source_column := suffix;
    series_text := 'b.series::text';
    wanted_part := case prefix when 'layer_out' then 1 when 'moe_in' then 2 else 3 end;
  elsif prefix = 'tensor' and evenkeel_store.has_metric('tensor_step', suffix) then
    source := 'tensor_step';
    source_column := suffix;
    series_text := '(select name from evenkeel_store.name where name_id = b.series)';
  elsif prefix = 'knob' or prefix = 'scalar' then
    source := prefix || '_step';
    series_text := case prefix when 'knob' then '(select name from evenkeel_store.name where name_id = b.series)' else series_text end;
    wanted_part := (select name_id from evenkeel_store.name where name = suffix);
  end if;
  if source is null then
    raise exception 'unknown metric %', wanted_metric using errcode = 'invalid_parameter_value';
  end if;
  if $6 is null or $6 < 1 or $6 > 100000 then
    raise exception 'buckets must lie in [1, 100000]' using errcode = 'invalid_parameter_value';
  end if;

  select r.run_id, greatest(pg_catalog.min(i.first_step), coalesce($4, 0)),
         least(pg_catalog.max(i.last_step), coalesce($5, 9223372036854775807)), pg_catalog.max(i.raw_from)
    into known_run, low, high, rows_from
  from evenkeel_store.run r
  join evenkeel_store.incarnation i on i.run_id = r.run_id
  where r.run = wanted_run and (wanted_incarnation is null or i.incarnation = wanted_incarnation)
  group by r.run_id;
  if known_run is null or wanted_part is null or low is null or high is null or low > high then
    return;
  end if;
  if low < rows_from then
    low := (low >> 4) << 4;
    width := 16;
    top_level := 4;
  end if;
  while high / width - low / width >= $6 loop
    width := width * 2;
    top_level := top_level + 1;
  end loop;
  select m.metric_id into rolled from evenkeel_store.metric m where m.relation = source and m.col = source_column;
  select o.series, o.part into keys from evenkeel_store.series_of(source) o;

  return query execute format($query$
    with piece as materialized (
      select * from evenkeel_store.pieces($1, $2, $3, $4, $6)
    ), entry as (
      select s.series, s.step, nullif(s.value, 'NaN') as low, s.value as high,
        case when abs(s.value) < 'Infinity' then s.value end as mean, s.value as last, 1 as n, 1 as finite
      from piece p cross join lateral (
        select %2$s as series, s.step, s.%1$I::double precision as value
        from evenkeel_store.%3$I s
        where s.run_id = $1 and s.incarnation = p.incarnation and s.step between p.from_step and p.to_step
          and s.%1$I is not null and %5$s = $8
        offset 0) s
      where p.level = 0
      union all
      select r.series, r.bucket << p.level, r.low[1], r.high[1], r.mean[1], r.last[1],
        coalesce(r.n[1], 1 << p.level), coalesce(r.finite[1], r.n[1], 1 << p.level)
      from piece p cross join lateral (
        select * from evenkeel_store.rollup r
        where r.run_id = $1 and r.incarnation = p.incarnation and r.metric_id = $7 and r.part = $8
          and r.level = p.level and r.bucket between p.from_step >> p.level and p.to_step >> p.level
        offset 0) r
      where p.level >= 10
      union all
      select e.series, e.step, e.low, e.high, e.mean, e.last, coalesce(e.n, 1 << p.level), coalesce(e.finite, e.n, 1 << p.level)
      from piece p cross join lateral (
        select r.series, (r.bucket << 10) + (coalesce(r.places[i], i - 1)::bigint << p.level) as step,
          r.low[i] as low, r.high[i] as high, r.mean[i] as mean, r.last[i] as last, r.n[i] as n, r.finite[i] as finite
        from (
          select r.*, generate_subscripts(r.high, 1) as i from evenkeel_store.rollup r
          where r.run_id = $1 and r.incarnation = p.incarnation and r.metric_id = $7 and r.part = $8
            and r.level = p.level and r.bucket between p.from_step >> 10 and p.to_step >> 10
          offset 0) r) e
      where p.level in (4, 7) and e.step between p.from_step and p.to_step
    ), b as (
      select
        series,
        step / $5 as bucket,
        min(low) as low,
        max(high) as high,
        sum(mean * finite) filter (where abs(mean) < 1e100) as small,
        sum(finite) filter (where abs(mean) < 1e100) as small_n,
        sum(mean * power(2::double precision, -600) * finite) filter (where abs(mean) >= 1e100) as large,
        sum(finite) filter (where abs(mean) >= 1e100) as large_n,
        (array_agg(last order by step desc))[1] as last,
        sum(n)::bigint as n
      from entry
      group by 1, 2)
    select
      %4$s, greatest($3, b.bucket * $5), coalesce(b.low, b.high), b.high,
      coalesce(evenkeel_store.mean_of(b.small, b.small_n, b.large, b.large_n), b.high), b.last, b.n
    from b
    order by b.series, b.bucket
  $query$, source_column, keys.series, source, series_text, keys.part)
  using known_run, wanted_incarnation, low, high, width, case when rolled is null then 0 else top_level end, rolled, wanted_part;
end
$function$;

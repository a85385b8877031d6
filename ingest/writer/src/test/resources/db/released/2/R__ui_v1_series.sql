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
create or replace function evenkeel_store.has_metric(relation text, metric text) returns boolean
language sql stable
as $$
  select exists (
    select from pg_attribute a
    where a.attrelid = format('evenkeel_store.%I', relation)::regclass and a.attname = metric and a.attnum > 0
      and not a.attisdropped and a.atttypid in ('float8'::regtype, 'int8'::regtype, 'int4'::regtype)
      and a.attname not in ('run_id', 'incarnation', 'step', 'layer', 'tensor_id'))
$$;

create or replace function public.ui_v1_series(
  run text, incarnation integer, metric text, from_step bigint, to_step bigint, buckets integer)
returns table (
  series text, bucket_step bigint, min double precision, max double precision, mean double precision,
  last double precision, n bigint)
language plpgsql stable
as $function$
#variable_conflict use_column
declare
  wanted_run alias for $1;
  wanted_incarnation alias for $2;
  wanted_metric alias for $3;
  prefix text := split_part($3, '.', 1);
  suffix text := substr($3, strpos($3, '.') + 1);
  relation text;
  col text := 'value';
  series_key text := '0';
  series_text text := '''''';
  extra text := 'true';
  known_run integer;
  low bigint;
  high bigint;
  width bigint := 1;
begin
  if strpos(wanted_metric, '.') = 0 then
    col := wanted_metric;
    if evenkeel_store.has_metric('step', wanted_metric) then
      relation := 'step';
    elsif evenkeel_store.has_metric('layer_step', wanted_metric) then
      relation := 'layer_step';
      series_key := 's.layer';
      series_text := 'b.series_key::text';
    end if;
  elsif prefix in ('layer_out', 'moe_in', 'moe_out') and evenkeel_store.has_metric('activation_step', suffix) then
    relation := 'activation_step';
    col := suffix;
    series_key := 's.layer';
    series_text := 'b.series_key::text';
    extra := 'site = ' || case prefix when 'layer_out' then 1 when 'moe_in' then 2 else 3 end;
  elsif prefix = 'tensor' and evenkeel_store.has_metric('tensor_step', suffix) then
    relation := 'tensor_step';
    col := suffix;
    series_key := 's.tensor_id';
    series_text := '(select name from evenkeel_store.name where name_id = b.series_key)';
  elsif prefix = 'knob' then
    relation := 'knob_step';
    series_key := 's.scope_id';
    series_text := '(select name from evenkeel_store.name where name_id = b.series_key)';
    extra := format('knob_id = (select name_id from evenkeel_store.name where name = %L)', suffix);
  elsif prefix = 'scalar' then
    relation := 'scalar_step';
    extra := format('name_id = (select name_id from evenkeel_store.name where name = %L)', suffix);
  end if;
  if relation is null then
    raise exception 'unknown metric %', wanted_metric using errcode = 'invalid_parameter_value';
  end if;
  if $6 is null or $6 < 1 or $6 > 100000 then
    raise exception 'buckets must lie in [1, 100000]' using errcode = 'invalid_parameter_value';
  end if;

  select r.run_id, greatest(pg_catalog.min(i.first_step), coalesce($4, 0)),
         least(pg_catalog.max(i.last_step), coalesce($5, 9223372036854775807))
    into known_run, low, high
  from evenkeel_store.run r
  join evenkeel_store.incarnation i on i.run_id = r.run_id
  where r.run = wanted_run and (wanted_incarnation is null or i.incarnation = wanted_incarnation)
  group by r.run_id;
  if known_run is null or low is null or high is null or low > high then
    return;
  end if;
  while high / width - low / width >= $6 loop
    width := width * 2;
  end loop;

  return query execute format($query$
    with v as (
      select s.incarnation, s.step, %2$s as series_key, s.%1$I::double precision as value
      from evenkeel_store.span c
      join evenkeel_store.%3$I s
        on s.run_id = c.run_id and s.incarnation = c.incarnation
       and s.step < case when $2 is null then c.end_step else 9223372036854775807 end
      where c.run_id = $1 and ($2 is null or c.incarnation = $2)
        and s.run_id = $1 and s.step between $3 and $4 and s.%1$I is not null and %5$s
    ), b as (
      select
        series_key,
        step / $5 as bucket,
        min(value) filter (where value <> 'NaN') as low,
        max(value) as high,
        avg(value) filter (where value > '-Infinity' and value < 'Infinity') as mean,
        max(step) as last_step,
        -- Within the current view the later step is never of the older incarnation.
        max(incarnation) as last_incarnation,
        count(*) as n
      from v
      group by 1, 2)
    select
      %4$s, greatest($3, b.bucket * $5), coalesce(b.low, b.high), b.high, coalesce(b.mean, b.high),
      (select s.%1$I::double precision from evenkeel_store.%3$I s
       where s.run_id = $1 and s.incarnation = b.last_incarnation and s.step = b.last_step
         and %2$s = b.series_key and %5$s),
      b.n
    from b
    order by b.series_key, b.bucket
  $query$, col, series_key, relation, series_text, extra)
  using known_run, wanted_incarnation, low, high, width;
end
$function$;

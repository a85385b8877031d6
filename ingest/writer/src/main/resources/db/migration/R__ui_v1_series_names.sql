-- What series a run has besides those that every run has: user scalars and tensors, by the names that ui_v1_series takes.
--
-- metric: 'scalar.NAME', or 'tensor.COLUMN'. series: the series of it, '' or the tensor.
--
-- Names of scalars come from the roll-ups' key, one look a name however long the run, and from the rows of the newest
-- steps, which may not be rolled up yet; tensors from the last step that has any. Nobody's names are few: at most 50,000.
create or replace function public.ui_v1_series_names(run text)
returns table (metric text, series text)
language sql stable
set jit = off
as $$
  with recursive told as (
    select i.run_id, i.incarnation, i.last_step
    from evenkeel_store.run r
    join evenkeel_store.incarnation i on i.run_id = r.run_id
    where r.run = $1
  ), wanted as (
    select metric_id from evenkeel_store.metric where relation = 'scalar_step' and col = 'value'
  ), rolled as (
    select t.run_id, t.incarnation, w.metric_id,
      (select min(u.part) from evenkeel_store.rollup u
       where u.run_id = t.run_id and u.incarnation = t.incarnation and u.metric_id = w.metric_id) as part
    from told t cross join wanted w
    union all
    select p.run_id, p.incarnation, p.metric_id,
      (select min(u.part) from evenkeel_store.rollup u
       where u.run_id = p.run_id and u.incarnation = p.incarnation and u.metric_id = p.metric_id and u.part > p.part)
    from rolled p
    where p.part is not null
  ), scalar as (
    select part as name_id from rolled where part is not null
    union
    select s.name_id
    from told t
    join evenkeel_store.scalar_step s
      on s.run_id = t.run_id and s.incarnation = t.incarnation and s.step > t.last_step - 64
    limit 50000
  ), newest as (
    select t.run_id, t.incarnation,
      (select s.step from evenkeel_store.tensor_step s
       where s.run_id = t.run_id and s.incarnation = t.incarnation and s.step > t.last_step - 1024
       order by s.step desc limit 1) as step
    from told t
    where t.incarnation = (select max(incarnation) from told)
  )
  select 'scalar.' || n.name, ''
  from scalar c join evenkeel_store.name n on n.name_id = c.name_id
  union all
  select 'tensor.' || col, n.name
  from newest w
  join evenkeel_store.tensor_step s on s.run_id = w.run_id and s.incarnation = w.incarnation and s.step = w.step
  join evenkeel_store.name n on n.name_id = s.tensor_id
  cross join (values ('gradient_rms'), ('epsilon_over_rms')) c (col)
$$;

-- Which blocks of 1024 steps have changed since they were rolled up. Whoever stores rows of a step adds the step's block
-- in the same transaction. Rows are only ever added (and removed by the roller): there is no unique key, so that writers
-- never wait for one another here.
create table evenkeel_store.rollup_dirty (
  run_id      integer not null,
  incarnation integer not null,
  block       bigint not null, -- step >> 10
  marked_at   timestamptz not null default now()
);
create index rollup_dirty_block on evenkeel_store.rollup_dirty (run_id, incarnation, block);

insert into evenkeel_store.rollup_dirty (run_id, incarnation, block)
select distinct run_id, incarnation, step >> 10 from evenkeel_store.step;

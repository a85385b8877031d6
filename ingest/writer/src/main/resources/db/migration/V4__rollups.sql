-- Roll-ups: of every series the minimum, maximum, mean, last value and count of 16, 128, 1024, 8192, ... 2^22 steps.
-- One row holds the entries of one width in 1024 steps (64 of 16 steps, 8 of 128), or one entry where that is wider.

-- The numeric columns that are rolled up (docs/adr/0018).
create table evenkeel_store.metric (
  metric_id integer generated always as identity primary key,
  relation  text not null,
  col       text not null,
  unique (relation, col)
);

create table evenkeel_store.rollup (
  run_id      integer not null,
  incarnation integer not null,
  metric_id   integer not null,
  part        integer not null,  -- site of activations, name_id of knobs and scalars; 0 otherwise
  level       smallint not null, -- log2 of an entry's steps: 4, 7, 10, 13, 16, 19, 22
  bucket      bigint not null,   -- step >> greatest(level, 10)
  series      integer not null,  -- layer, tensor_id, scope_id; 0 otherwise
  -- One element an entry that has a value.
  places      smallint[],        -- the entry's place in the row; null: all places are taken
  low         double precision[] not null, -- without NaN; null if there is nothing else
  high        double precision[] not null, -- NaN if there is one
  mean        double precision[] not null, -- of the finite values; null if there is none
  last        double precision[] not null,
  n           integer[],         -- null: every step of every entry has a value
  finite      integer[],         -- null: as many as n
  primary key (run_id, incarnation, metric_id, part, level, bucket, series)
) with (toast_tuple_target = 8160);
create index rollup_bucket on evenkeel_store.rollup (run_id, incarnation, level, bucket);

-- Steps before raw_from have roll-ups alone: their rows have been given up (retention).
alter table evenkeel_store.incarnation
  add column raw_from bigint not null default 0,
  add column touched_at timestamptz not null default now();

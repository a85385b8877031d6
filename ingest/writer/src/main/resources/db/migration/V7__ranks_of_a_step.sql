-- The ranks that a step's signals name, so that what judges stored steps sees what judged the live ones: the slowest, and
-- the lowest of those that are missing. Null: there is none, or the step was stored before.
alter table evenkeel_store.step
  add column slowest_rank integer,
  add column lowest_missing_rank integer;

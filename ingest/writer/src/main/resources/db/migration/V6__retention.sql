-- What stays of rows that retention gives up (docs/adr/0019).
alter table evenkeel_store.incarnation add column loss_last double precision;
-- When the last of a run's rows before raw_from were deleted; null while there are any.
alter table evenkeel_store.run add column rows_gone_at timestamptz;

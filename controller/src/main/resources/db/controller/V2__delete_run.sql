-- What the controller keeps of a run goes with the run: evenkeel_store.delete_run calls this, in its transaction. Notices
-- that wait for delivery go too. Answers how many rows of its own and of what hangs on them it deleted at least.
create function controller.delete_run(wanted text) returns bigint
language sql
as $$
  with settings as (
    delete from controller.control_state where run = wanted returning 1
  ), notices as (
    delete from controller.notice where run = wanted returning 1
  )
  select (select count(*) from settings) + (select count(*) from notices)
$$;

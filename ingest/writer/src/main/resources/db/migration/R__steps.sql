-- Deletes the parts of a step that is told anew, by more ranks: what the teller before had and this one has not must not
-- stay beside it. The step's own row is left to the caller.
create or replace function evenkeel_store.delete_parts(run_id integer, incarnation integer, step bigint) returns void
language plpgsql
as $$
declare
  relation text;
begin
  foreach relation in array array['layer_step', 'activation_step', 'tensor_step', 'knob_step', 'scalar_step'] loop
    -- Planned with its values, so that TimescaleDB unpacks no chunk but this one.
    execute format('delete from evenkeel_store.%I where run_id = $1 and incarnation = $2 and step = $3', relation)
    using $1, $2, $3;
  end loop;
end
$$;

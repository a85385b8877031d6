-- Data of a release before roll-ups, the same each time: run 1 went back to step 2000 after 2999; runs to 70 have little.
insert into evenkeel_store.run (run) select 'run-' || i from generate_series(1, 70) i;
insert into evenkeel_store.name (name) values ('embedding'), ('lr'), (''), ('validation');
insert into evenkeel_store.incarnation (run_id, incarnation, first_step, last_step, observations, tokens)
select 1, 0, 0, 2999, 3000, 300000 union all select 1, 1, 2000, 3999, 2000, 200000
union all select i, 0, 0, 9, 10, 1000 from generate_series(2, 70) i;
create temporary table told as
select 1 as run_id, 0 as incarnation, s::bigint as step from generate_series(0, 2999) s
union all select 1, 1, s from generate_series(2000, 3999) s
union all select i, 0, s from generate_series(2, 70) i, generate_series(0, 9) s;
insert into evenkeel_store.observation
  (run_id, incarnation, step, rank, world_size, at, tokens, step_time_millis, telemetry_time_millis, loss_lm,
   dropped_before, last_command_epoch, last_command_sequence, received_at)
select run_id, incarnation, step, 0, 1, timestamptz '2026-01-01', 100, 5, 1, sin(step), 0, 0, 0, timestamptz '2026-01-01'
from told;
insert into evenkeel_store.step
  (run_id, incarnation, step, ranks_seen, world_size, at, emitted_at, tokens, loss_lm, gradient_norm, step_time_millis,
   telemetry_time_millis, straggler_skew, non_finite, last_command_epoch, last_command_sequence, late_parts, dropped_before)
select run_id, incarnation, step, 1, 1, timestamptz '2026-01-01', timestamptz '2026-01-01', 100,
  case when step = 77 then 'NaN' when step = 1500 then 'Infinity' else sin(step) + incarnation end,
  case when step % 3 > 0 then exp(-step / 1000.0) end, 5, 1, 0, 0, 0, 0, 0, 0
from told;
insert into evenkeel_store.layer_step
  (run_id, incarnation, step, layer, gradient_norm_ratio, gradient_method, load, probabilities, selection_bias, max_violation,
   coefficient_of_variation, dead_experts, entropy_of_mean, entropy_of_mean_normalised, token_entropy_mean,
   token_entropy_normalised, soft_mutual_information, ffn_experts_mean, ffn_experts_std, ffn_experts_relative_error,
   ffn_experts_target, ffn_experts, zero_share, router_z, router_logit_max_abs)
select run_id, incarnation, step, layer, 0.1 + layer + step / 1e4, 1, '{1,2}', '{0.5,0.5}', '{0,0}', 1, 0, 0, 0, 0, 0, 0, 0,
  2, 0, 0, 2, 2, 0, 0, 1
from told, generate_series(0, 1) layer where step % 4 = 0;
insert into evenkeel_store.activation_step
select run_id, incarnation, step, 0, site, step, 0, 1, 1, 3, 0, 0 from told, generate_series(1, 3) site where step % 4 = 1;
insert into evenkeel_store.tensor_step
select run_id, incarnation, step, 1, 1e-3, step / 1e6, 0, 0, 0, 10 from told where step % 5 = 0;
insert into evenkeel_store.knob_step select run_id, incarnation, step, 2, 3, 0.5 from told where step % 50 = 0;
insert into evenkeel_store.scalar_step select run_id, incarnation, step, 4, cos(step) from told where step % 100 = 0;
drop table told;

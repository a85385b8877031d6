-- The views that everybody else reads. Released columns are never changed or removed; new ones go to the end.
--
-- The views of observations (ui_v1_*_steps) leave out what a newer incarnation has superseded: an older incarnation's
-- steps at and after the newer one's first step. Alerts, commands and the audit trail are events, not observations:
-- a rolled-back incarnation's stay, and so do the counts of what is stored. Steps whose rows retention has given up are in
-- ui_v1_series alone.

create or replace view public.ui_v1_run_steps as
select
  r.run, s.incarnation, s.step, s.at, s.tokens, s.loss_lm, s.loss_lb, s.loss_z, s.loss_total, s.gradient_norm,
  s.clip_coefficient, s.step_time_millis, s.telemetry_time_millis, s.gradient_norm_ratio_max,
  s.gradient_norm_ratio_mean, s.logit_gradient_ratio_max, s.epsilon_over_rms_max, s.below_epsilon_share,
  s.loss_spike_score, s.gradient_norm_spike_score, s.straggler_skew, s.non_finite, s.ranks_seen, s.world_size,
  s.emitted_at, s.late_parts, s.slowest_rank, s.lowest_missing_rank
from evenkeel_store.run r
join evenkeel_store.span c on c.run_id = r.run_id
join evenkeel_store.step s on s.run_id = c.run_id and s.incarnation = c.incarnation and s.step < c.end_step;

create or replace view public.ui_v1_layer_steps as
select
  r.run, s.incarnation, s.step, s.layer, s.gradient_norm_ratio, s.lm_gradient_norm, s.lb_gradient_norm,
  s.logit_gradient_ratio, s.router_cosine_all, s.router_cosine_ffn, s.load, s.probabilities, s.selection_bias,
  s.load_balance_loss, s.max_violation, s.coefficient_of_variation, s.dead_experts, s.entropy_of_mean_normalised,
  s.token_entropy_normalised, s.soft_mutual_information, s.ffn_experts_mean, s.ffn_experts_std,
  s.ffn_experts_relative_error, s.ffn_experts_target, s.zero_share, s.router_z, s.router_logit_max_abs,
  s.expert_output_cosine, s.top1_churn, s.ffn_experts
from evenkeel_store.run r
join evenkeel_store.span c on c.run_id = r.run_id
join evenkeel_store.layer_step s on s.run_id = c.run_id and s.incarnation = c.incarnation and s.step < c.end_step;

create or replace view public.ui_v1_activation_steps as
select
  r.run, s.incarnation, s.step, s.layer,
  case s.site when 1 then 'layer_out' when 2 then 'moe_in' when 3 then 'moe_out' end as site,
  s.max_abs, s.mean, s.std, s.rms, s.kurtosis, s.above_threshold_share, s.non_finite
from evenkeel_store.run r
join evenkeel_store.span c on c.run_id = r.run_id
join evenkeel_store.activation_step s on s.run_id = c.run_id and s.incarnation = c.incarnation and s.step < c.end_step;

create or replace view public.ui_v1_tensor_steps as
select
  r.run, s.incarnation, s.step, n.name as tensor, s.gradient_rms, s.epsilon_over_rms, s.below_epsilon_share,
  s.below_epsilon_nonzero_share, s.non_finite, s.elements
from evenkeel_store.run r
join evenkeel_store.span c on c.run_id = r.run_id
join evenkeel_store.tensor_step s on s.run_id = c.run_id and s.incarnation = c.incarnation and s.step < c.end_step
join evenkeel_store.name n on n.name_id = s.tensor_id;

create or replace view public.ui_v1_knob_steps as
select r.run, s.incarnation, s.step, k.name as knob, o.name as scope, s.value
from evenkeel_store.run r
join evenkeel_store.span c on c.run_id = r.run_id
join evenkeel_store.knob_step s on s.run_id = c.run_id and s.incarnation = c.incarnation and s.step < c.end_step
join evenkeel_store.name k on k.name_id = s.knob_id
join evenkeel_store.name o on o.name_id = s.scope_id;

create or replace view public.ui_v1_scalar_steps as
select r.run, s.incarnation, s.step, n.name, s.value
from evenkeel_store.run r
join evenkeel_store.span c on c.run_id = r.run_id
join evenkeel_store.scalar_step s on s.run_id = c.run_id and s.incarnation = c.incarnation and s.step < c.end_step
join evenkeel_store.name n on n.name_id = s.name_id;

create or replace view public.ui_v1_telemetry_counts as
select
  r.run, i.incarnation, i.observations as stored,
  coalesce(
    (select sum(d.dropped) from evenkeel_store.sender_drop d
     where d.run_id = i.run_id and d.incarnation = i.incarnation), 0)::bigint as dropped,
  i.first_step, i.last_step
from evenkeel_store.run r
join evenkeel_store.incarnation i on i.run_id = r.run_id
where i.observations > 0;

-- One row an incident. Value, threshold and sentence are those of the firing, or of the pending where it never fired.
create or replace view public.ui_v1_alerts as
select
  e.alert_id, r.run, e.incarnation, e.rule, e.scope,
  (array_agg(e.severity order by e.state = 2 desc, e.state desc))[1] as severity,
  case max(e.state) when 1 then 'pending' when 2 then 'firing' else 'resolved' end as state,
  min(e.first_step) as first_step,
  max(e.step) filter (where e.state = 2) as fired_step,
  max(e.step) filter (where e.state = 3) as resolved_step,
  (array_agg(e.value order by e.state = 2 desc, e.state))[1] as value,
  (array_agg(e.threshold order by e.state = 2 desc, e.state))[1] as threshold,
  (array_agg(e.summary order by e.state = 2 desc, e.state))[1] as summary,
  (array_agg(e.labels order by e.state = 2 desc, e.state))[1] as labels,
  max(e.at) filter (where e.state = 1) as pending_at,
  max(e.at) filter (where e.state = 2) as fired_at,
  max(e.emitted_at) filter (where e.state = 2) as fired_emitted_at,
  max(e.at) filter (where e.state = 3) as resolved_at,
  max(e.emitted_at) filter (where e.state = 3) as resolved_emitted_at,
  e.incarnation < (select max(i.incarnation) from evenkeel_store.incarnation i where i.run_id = r.run_id) as superseded
from evenkeel_store.alert_event e
join evenkeel_store.run r on r.run_id = e.run_id
group by e.alert_id, r.run, r.run_id, e.incarnation, e.rule, e.scope;

-- A command without an answer is expired once the trainer must refuse it.
create or replace view public.ui_v1_commands as
select
  r.run, c.incarnation, c.epoch, c.sequence, c.kind, c.knob, c.scope, c.value_from, c.value_to, c.action, c.origin,
  c.reason, c.issued_step, c.issued_at, c.expires_at,
  coalesce(a.status, case when c.expires_at <= now() then 'expired' else 'pending' end) as status,
  case when a.status = 'applied' then a.step end as applied_step,
  case when a.status = 'applied' then a.at end as applied_at,
  a.value_from as ack_from, a.value_to as ack_to, nullif(a.error_id, '') as error_id,
  nullif(a.reason, '') as ack_reason
from evenkeel_store.command c
join evenkeel_store.run r on r.run_id = c.run_id
left join evenkeel_store.command_ack a on a.run_id = c.run_id and a.epoch = c.epoch and a.sequence = c.sequence;

create or replace view public.ui_v1_audit as
select
  a.audit_id, r.run, a.incarnation, a.step, a.at, a.actor, a.decision, a.mode, a.knob, a.scope, a.value_from,
  a.value_to, a.reason, a.error_id, a.evidence, a.command_epoch, a.command_sequence
from evenkeel_store.audit a
join evenkeel_store.run r on r.run_id = a.run_id;

create or replace view public.ui_v1_dead_letters as
select source_topic, partition, record_offset, error_id, message, service, at, value_length
from evenkeel_store.dead_letter;

-- One row a run, told by its newest incarnation. A run that sends telemetry without a declaration is there too.
create or replace view public.ui_v1_runs as
select
  r.run, i.incarnation,
  coalesce(d.name, r.run) as name,
  coalesce(d.status, 'running') as status,
  coalesce(d.started_at, r.first_seen) as started_at,
  d.ended_at,
  coalesce(nullif(d.world_size, 0), i.world_size) as world_size,
  coalesce(d.planned_steps, 0) as planned_steps,
  (select min(c.first_step) from evenkeel_store.span c where c.run_id = r.run_id) as first_step,
  coalesce(i.last_step, (select max(o.last_step) from evenkeel_store.incarnation o where o.run_id = r.run_id)) as last_step,
  (select max(o.last_telemetry_at) from evenkeel_store.incarnation o where o.run_id = r.run_id) as last_telemetry_at,
  coalesce(
    (select s.loss_lm from evenkeel_store.step s
     where s.run_id = i.run_id and s.incarnation = i.incarnation order by s.step desc limit 1),
    i.loss_last) as loss_last,
  -- Superseded steps are few next to the rest: they are taken off the incarnations' totals.
  (select sum(o.tokens) from evenkeel_store.incarnation o where o.run_id = r.run_id)::bigint
    - coalesce(
      (select sum(t.tokens) from evenkeel_store.span c
       join evenkeel_store.observation t
         on t.run_id = c.run_id and t.incarnation = c.incarnation and t.step >= c.end_step
       where c.run_id = r.run_id and c.end_step < 9223372036854775807), 0)::bigint as tokens_total,
  (select count(*) from (
     select from evenkeel_store.alert_event e
     where e.run_id = r.run_id and e.incarnation = i.incarnation
     group by e.alert_id having max(e.state) = 2) open)::integer as open_alerts,
  coalesce(d.model, '{}'::jsonb) as model,
  coalesce(d.optimizer, '{}'::jsonb) as optimizer,
  coalesce(d.knobs, '[]'::jsonb) as knobs,
  coalesce(d.layers, i.layers) as layers,
  coalesce(d.ffn_experts, i.ffn_experts) as ffn_experts,
  coalesce(d.zero_experts, i.zero_experts) as zero_experts,
  coalesce(d.top_k, i.top_k) as top_k,
  coalesce(d.ffn_experts_target, i.ffn_experts_target) as ffn_experts_target,
  coalesce(d.labels, '{}'::jsonb) as labels,
  coalesce(d.actions, '[]'::jsonb) as actions,
  d.lease_millis,
  -- Whether retention has given rows up: series then have 16-step buckets at least, and steps may have no rows.
  exists (
    select from evenkeel_store.incarnation g where g.run_id = r.run_id and g.raw_from > 0) as rows_given_up
from evenkeel_store.run r
join lateral (
  select * from evenkeel_store.incarnation n where n.run_id = r.run_id order by n.incarnation desc limit 1) i on true
left join evenkeel_store.declaration d on d.run_id = i.run_id and d.incarnation = i.incarnation;

-- Evenkeel's tables. Everything that others may read is a view ui_v1_* in schema public.
--
-- Keys are identity keys: the same observation, event or command twice is one row (docs/adr). Runs and names have
-- text ids outside and small integers inside, so that rows stay narrow. Steps, not wall times, order everything;
-- the step is part of each key, so that a table may be cut into pieces by step without losing its unique key.
create schema if not exists evenkeel_store;

create table evenkeel_store.run (
  run_id     integer generated always as identity primary key,
  run        text not null unique,
  first_seen timestamptz not null default now()
);

-- Names of tensors, knobs, scopes and user scalars.
create table evenkeel_store.name (
  name_id integer generated always as identity primary key,
  name    text not null unique
);

-- What has been seen of an incarnation. Counts grow by the rows really inserted, in the transaction that inserts them.
create table evenkeel_store.incarnation (
  run_id             integer not null,
  incarnation        integer not null,
  first_step         bigint,
  last_step          bigint,
  observations       bigint not null default 0,
  tokens             bigint not null default 0,
  last_telemetry_at  timestamptz,
  world_size         integer,
  layers             integer,
  ffn_experts        integer,
  zero_experts       integer,
  top_k              integer,
  ffn_experts_target double precision,
  primary key (run_id, incarnation)
) with (fillfactor = 70);

-- Most observations that a rank's sender has dropped; ranks that never dropped any have no row.
create table evenkeel_store.sender_drop (
  run_id      integer not null,
  incarnation integer not null,
  rank        integer not null,
  dropped     bigint not null,
  primary key (run_id, incarnation, rank)
);

-- What the trainer declares of an incarnation.
create table evenkeel_store.declaration (
  run_id             integer not null,
  incarnation        integer not null,
  name               text not null,
  status             text not null,
  started_at         timestamptz not null,
  ended_at           timestamptz,
  world_size         integer not null,
  first_step         bigint not null,
  planned_steps      bigint not null,
  model              jsonb not null,
  optimizer          jsonb not null,
  layers             integer,
  ffn_experts        integer,
  zero_experts       integer,
  top_k              integer,
  ffn_experts_target double precision,
  groups             integer,
  knobs              jsonb not null,
  actions            jsonb not null,
  lease_millis       integer not null,
  labels             jsonb not null,
  primary key (run_id, incarnation)
);

-- One row a (run, incarnation, step, rank): the receipt of an observation. Its content lives on in the signals.
create table evenkeel_store.observation (
  run_id                integer not null,
  incarnation           integer not null,
  step                  bigint not null,
  rank                  integer not null,
  world_size            integer not null,
  at                    timestamptz not null,
  tokens                bigint not null,
  step_time_millis      double precision not null,
  telemetry_time_millis double precision not null,
  loss_lm               double precision,
  gradient_norm         double precision,
  dropped_before        bigint not null,
  last_command_epoch    bigint not null,
  last_command_sequence bigint not null,
  received_at           timestamptz not null,
  primary key (run_id, incarnation, step, rank)
);

create table evenkeel_store.step (
  run_id                    integer not null,
  incarnation               integer not null,
  step                      bigint not null,
  ranks_seen                integer not null,
  world_size                integer not null,
  at                        timestamptz not null,
  emitted_at                timestamptz not null,
  tokens                    bigint not null,
  loss_lm                   double precision,
  loss_lb                   double precision,
  loss_z                    double precision,
  loss_total                double precision,
  gradient_norm             double precision,
  clip_coefficient          double precision,
  step_time_millis          double precision not null,
  telemetry_time_millis     double precision not null,
  gradient_norm_ratio_max   double precision,
  gradient_norm_ratio_mean  double precision,
  logit_gradient_ratio_max  double precision,
  epsilon_over_rms_max      double precision,
  below_epsilon_share       double precision,
  loss_spike_score          double precision,
  gradient_norm_spike_score double precision,
  straggler_skew            double precision not null,
  non_finite                bigint not null,
  last_command_epoch        bigint not null,
  last_command_sequence     bigint not null,
  late_parts                bigint not null,
  dropped_before            bigint not null,
  primary key (run_id, incarnation, step)
);

create table evenkeel_store.layer_step (
  run_id                     integer not null,
  incarnation                integer not null,
  step                       bigint not null,
  layer                      integer not null,
  gradient_norm_ratio        double precision,
  lm_gradient_norm           double precision,
  lb_gradient_norm           double precision,
  logit_gradient_ratio       double precision,
  gradient_method            smallint not null,
  router_cosine_all          double precision,
  router_cosine_ffn          double precision,
  load                       real[] not null,
  probabilities              real[] not null,
  selection_bias             real[] not null,
  load_balance_loss          double precision,
  max_violation              double precision not null,
  coefficient_of_variation   double precision not null,
  dead_experts               integer not null,
  entropy_of_mean            double precision not null,
  entropy_of_mean_normalised double precision not null,
  token_entropy_mean         double precision not null,
  token_entropy_normalised   double precision not null,
  soft_mutual_information    double precision not null,
  ffn_experts_mean           double precision not null,
  ffn_experts_std            double precision not null,
  ffn_experts_relative_error double precision not null,
  ffn_experts_target         double precision not null,
  ffn_experts                integer not null,
  zero_share                 double precision not null,
  router_z                   double precision not null,
  router_logit_max_abs       double precision not null,
  expert_output_cosine       double precision,
  top1_churn                 double precision,
  ffn_sum_variance           double precision,
  gamma_empirical            double precision,
  primary key (run_id, incarnation, step, layer)
);

create table evenkeel_store.activation_step (
  run_id                integer not null,
  incarnation           integer not null,
  step                  bigint not null,
  layer                 integer not null,
  site                  smallint not null, -- 1 layer_out, 2 moe_in, 3 moe_out
  max_abs               double precision not null,
  mean                  double precision not null,
  std                   double precision not null,
  rms                   double precision not null,
  kurtosis              double precision not null,
  above_threshold_share double precision not null,
  non_finite            bigint not null,
  primary key (run_id, incarnation, step, layer, site)
);

create table evenkeel_store.tensor_step (
  run_id                      integer not null,
  incarnation                 integer not null,
  step                        bigint not null,
  tensor_id                   integer not null,
  gradient_rms                double precision not null,
  epsilon_over_rms            double precision,
  below_epsilon_share         double precision not null,
  below_epsilon_nonzero_share double precision not null,
  non_finite                  bigint not null,
  elements                    bigint not null,
  primary key (run_id, incarnation, step, tensor_id)
);

create table evenkeel_store.knob_step (
  run_id      integer not null,
  incarnation integer not null,
  step        bigint not null,
  knob_id     integer not null,
  scope_id    integer not null,
  value       double precision not null,
  primary key (run_id, incarnation, step, knob_id, scope_id)
);

create table evenkeel_store.scalar_step (
  run_id      integer not null,
  incarnation integer not null,
  step        bigint not null,
  name_id     integer not null,
  value       double precision not null,
  primary key (run_id, incarnation, step, name_id)
);

-- One row a state that an incident entered.
create table evenkeel_store.alert_event (
  alert_id    text not null,
  state       smallint not null, -- 1 pending, 2 firing, 3 resolved
  run_id      integer not null,
  incarnation integer not null,
  rule        text not null,
  scope       text not null,
  severity    text not null,
  first_step  bigint not null,
  step        bigint not null,
  value       double precision not null,
  threshold   double precision not null,
  summary     text not null,
  labels      jsonb not null,
  at          timestamptz not null,
  emitted_at  timestamptz not null,
  primary key (run_id, alert_id, state)
);
create index alert_event_at on evenkeel_store.alert_event (at);

create table evenkeel_store.command (
  run_id      integer not null,
  epoch       bigint not null,
  sequence    bigint not null,
  incarnation integer not null,
  kind        text not null,
  knob        text,
  scope       text,
  value_from  double precision,
  value_to    double precision,
  action      text,
  arguments   jsonb,
  origin      text not null,
  reason      text not null,
  issued_step bigint not null,
  issued_at   timestamptz not null,
  expires_at  timestamptz not null,
  primary key (run_id, epoch, sequence)
);

-- Kept apart from the command: an acknowledgement may be read before it.
create table evenkeel_store.command_ack (
  run_id      integer not null,
  epoch       bigint not null,
  sequence    bigint not null,
  incarnation integer not null,
  status      text not null,
  step        bigint not null,
  knob        text not null,
  scope       text not null,
  value_from  double precision,
  value_to    double precision,
  error_id    text not null,
  reason      text not null,
  at          timestamptz not null,
  primary key (run_id, epoch, sequence)
);

create table evenkeel_store.audit (
  run_id           integer not null,
  audit_id         text not null,
  incarnation      integer not null,
  step             bigint not null,
  at               timestamptz not null,
  actor            text not null,
  decision         text not null,
  mode             text not null,
  knob             text not null,
  scope            text not null,
  value_from       double precision,
  value_to         double precision,
  reason           text not null,
  error_id         text not null,
  evidence         jsonb not null,
  command_epoch    bigint not null,
  command_sequence bigint not null,
  primary key (run_id, audit_id)
);
create index audit_at on evenkeel_store.audit (run_id, at);

-- Several services may refuse the same record, each for its own reason. The digest tells letters without an offset apart.
create table evenkeel_store.dead_letter (
  source_topic  text not null,
  partition     integer not null,
  record_offset bigint not null,
  service       text not null,
  digest        text not null,
  error_id      text not null,
  message       text not null,
  at            timestamptz not null,
  value_length  bigint not null,
  record_key    bytea not null,
  value         bytea not null, -- the first bytes of it
  primary key (source_topic, partition, record_offset, service, digest)
);
create index dead_letter_at on evenkeel_store.dead_letter (at);

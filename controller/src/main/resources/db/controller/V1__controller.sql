-- Tables of the controller: what people set, and the outbox of notices. Flyway creates the schema.

create table controller.control_state (
  run text not null,
  -- Empty: the run's default.
  knob text not null,
  mode text not null check (mode in ('observe', 'advise', 'auto')),
  held boolean not null,
  kill_switch boolean not null,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (run, knob)
);

create table controller.notice (
  -- alert_id and state: one notice for each that a person may hear of.
  notice_id text primary key,
  alert_id text not null,
  run text not null,
  rule text not null,
  scope text not null,
  state text not null check (state in ('firing', 'resolved')),
  wall_time timestamptz not null,
  -- The alert event as it came, in the contract's wire format.
  alert bytea not null,
  accepted_at timestamptz not null
);
create index notice_alert on controller.notice (alert_id);

create table controller.receiver (
  receiver text primary key,
  url text not null,
  disabled_at timestamptz,
  disabled_reason text
);

create table controller.delivery (
  notice_id text not null references controller.notice on delete cascade,
  receiver text not null references controller.receiver,
  status text not null check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  last_error text not null default '',
  accepted_at timestamptz not null,
  delivered_at timestamptz,
  primary key (notice_id, receiver)
);
create index delivery_pending on controller.delivery (accepted_at) where status = 'pending';

create table controller.delivery_attempt (
  id bigint generated always as identity primary key,
  notice_id text not null,
  receiver text not null,
  attempt integer not null,
  started_at timestamptz not null,
  millis bigint not null,
  outcome text not null check (outcome in ('delivered', 'retry', 'gone', 'gave_up')),
  detail text not null,
  foreign key (notice_id, receiver) references controller.delivery on delete cascade
);
create index delivery_attempt_of on controller.delivery_attempt (notice_id, receiver);

-- db-scheduler's table, in the form that its release 16 expects.
create table controller.scheduled_tasks (
  task_name text not null,
  task_instance text not null,
  task_data bytea,
  execution_time timestamptz not null,
  picked boolean not null,
  picked_by text,
  last_success timestamptz,
  last_failure timestamptz,
  consecutive_failures integer,
  last_heartbeat timestamptz,
  version bigint not null,
  priority smallint,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_execution_time on controller.scheduled_tasks (execution_time);
create index scheduled_tasks_last_heartbeat on controller.scheduled_tasks (last_heartbeat);

create view public.ui_v1_control_state as
  select run, knob, mode, held, kill_switch, changed_by, changed_at
  from controller.control_state;

create view public.ui_v1_webhook_deliveries as
  select d.notice_id, n.alert_id, n.run, n.rule, n.scope, n.state, r.url, d.status, d.attempts,
         d.last_error, d.accepted_at, d.delivered_at
  from controller.delivery d
  join controller.notice n using (notice_id)
  join controller.receiver r using (receiver);

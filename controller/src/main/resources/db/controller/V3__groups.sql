-- Notices gather. An alert event that is to be told to a receiver (delivery) waits in its group until the group's next notice is
-- due, and leaves in a batch, which is what is sent, tried again, and has an id. Silences, and views of what is new.

alter table controller.notice
  add column seq bigint generated always as identity,
  -- 0 info, 1 warning, 2 critical: the gravest are told first.
  add column severity smallint not null default 1;
create index notice_firing on controller.notice (run) where state = 'firing';

create table controller.alert_group (
  -- Hash of receiver and group_key.
  group_id text primary key,
  receiver text not null references controller.receiver,
  group_key text not null,
  group_labels jsonb not null,
  -- Empty if the group gathers over runs.
  run text not null,
  wait_millis bigint not null,
  interval_millis bigint not null,
  repeat_millis bigint,
  -- When its last notice was made.
  told_at timestamptz,
  batches bigint not null default 0,
  -- The notice that is being delivered. There is no other until it is done with.
  open_batch text,
  -- When to look at it; null: when something comes, or the open batch is done with.
  next_at timestamptz
);
create index alert_group_next on controller.alert_group (next_at) where next_at is not null;
create index alert_group_run on controller.alert_group (run);

create table controller.batch (
  batch_id text not null,
  receiver text not null references controller.receiver,
  group_id text not null references controller.alert_group on delete cascade,
  status text not null check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  last_error text not null default '',
  -- Incidents that had no room and come with the next one.
  remaining integer not null default 0,
  made_at timestamptz not null,
  delivered_at timestamptz,
  primary key (batch_id, receiver)
);
create index batch_pending on controller.batch (made_at) where status = 'pending';
create index batch_group on controller.batch (group_id);

create table controller.batch_item (
  batch_id text not null,
  receiver text not null,
  notice_id text not null references controller.notice on delete cascade,
  -- known: told before, and still firing.
  role text not null check (role in ('new', 'known')),
  primary key (batch_id, receiver, notice_id),
  foreign key (batch_id, receiver) references controller.batch on delete cascade
);
create index batch_item_notice on controller.batch_item (notice_id);

alter table controller.delivery drop constraint delivery_status_check;
alter table controller.delivery
  -- batched: its batch says what became of it. suppressed: it began and ended while silenced or inhibited.
  add constraint delivery_status_check check (status in ('pending', 'batched', 'delivered', 'failed', 'suppressed')),
  add column group_id text,
  add column batch_id text;
create index delivery_group on controller.delivery (group_id) where group_id is not null;

-- What waits from before leaves each by itself, under its old id.
insert into controller.alert_group
  (group_id, receiver, group_key, group_labels, run, wait_millis, interval_millis, told_at, batches, open_batch)
  select 'upgraded ' || d.receiver || ' ' || d.notice_id, d.receiver, '{}:{}', '{}', n.run, 0, 0, d.accepted_at, 1, d.notice_id
  from controller.delivery d join controller.notice n using (notice_id) where d.status = 'pending';
insert into controller.batch (batch_id, receiver, group_id, status, attempts, last_error, made_at)
  select notice_id, receiver, 'upgraded ' || receiver || ' ' || notice_id, 'pending', attempts, last_error, accepted_at
  from controller.delivery where status = 'pending';
insert into controller.batch_item (batch_id, receiver, notice_id, role)
  select notice_id, receiver, notice_id, 'new' from controller.delivery where status = 'pending';
update controller.delivery
  set status = 'batched', batch_id = notice_id, group_id = 'upgraded ' || receiver || ' ' || notice_id
  where status = 'pending';

create table controller.silence (
  silence_id text primary key,
  -- Each as it is written: label="value". All of them must hold.
  matchers text[] not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text not null,
  creator text not null,
  created_at timestamptz not null,
  ended_by text,
  check (ends_at >= starts_at)
);
create index silence_ends on controller.silence (ends_at);

create view public.ui_v1_silences as
  select silence_id, matchers, starts_at, ends_at, reason, creator, created_at, ended_by
  from controller.silence;

create view public.ui_v1_receivers as
  select receiver, url, disabled_at, disabled_reason from controller.receiver;

create or replace view public.ui_v1_webhook_deliveries as
  select d.notice_id, n.alert_id, n.run, n.rule, n.scope, n.state, r.url,
         case d.status when 'batched' then b.status else d.status end as status,
         coalesce(b.attempts, d.attempts) as attempts,
         coalesce(b.last_error, d.last_error) as last_error,
         d.accepted_at,
         coalesce(b.delivered_at, d.delivered_at) as delivered_at
  from controller.delivery d
  join controller.notice n using (notice_id)
  join controller.receiver r using (receiver)
  left join controller.batch b on b.batch_id = d.batch_id and b.receiver = d.receiver;

create or replace function controller.delete_run(wanted text) returns bigint
language sql
as $$
  with settings as (
    delete from controller.control_state where run = wanted returning 1
  ), groups as (
    delete from controller.alert_group where run = wanted returning 1
  ), notices as (
    delete from controller.notice where run = wanted returning 1
  )
  select (select count(*) from settings) + (select count(*) from groups) + (select count(*) from notices)
$$;

-- What people do with alerts: they acknowledge them, have notices told again, and change who is told, live.

create table controller.acknowledgement (
  alert_id text primary key,
  run text not null,
  who text not null,
  at timestamptz not null,
  note text not null
);
create index acknowledgement_run on controller.acknowledgement (run);

-- Each answer is written with what it answers, in one transaction, and told to the audit trail afterwards.
create table controller.alert_request (
  request_id text primary key,
  taken_at timestamptz not null,
  -- In the contract's wire format. While a receiver is tested it says that the test was cut short.
  answer bytea not null,
  tell_at timestamptz not null,
  told boolean not null default false
);
create index alert_request_untold on controller.alert_request (tell_at) where not told;

-- Receivers and routes, every version there has been; the newest is in force. The text holds no secret.
create table controller.alerts_config (
  version bigint primary key check (version > 0),
  text text not null,
  -- file: as a controller was started; operator: as a person has saved it.
  origin text not null check (origin in ('file', 'operator')),
  author text not null,
  comment text not null,
  saved_at timestamptz not null
);

-- What the controllers allow and have, for the check while somebody edits. One row.
create table controller.alerts_place (
  one boolean primary key default true check (one),
  private_allowed boolean not null,
  -- The environment names the receivers; nothing is saved.
  fixed boolean not null,
  secret_names text[] not null,
  applied_version bigint not null,
  applied_at timestamptz not null,
  problem text not null
);

alter table controller.receiver
  add column configured boolean not null default true,
  add column tested_at timestamptz,
  add column tested_answer text,
  add column tested_taken boolean;

alter table controller.batch
  add column replays integer not null default 0,
  add column replayed_by text,
  add column replayed_at timestamptz;
create index batch_made on controller.batch (receiver, made_at);
create index batch_newest on controller.batch (made_at);

create view public.ui_v1_acknowledgements as
  select alert_id, run, who, at, note from controller.acknowledgement;

create view public.ui_v1_alerts_config as
  select version, text, origin, author, comment, saved_at from controller.alerts_config;

create view public.ui_v1_alerts_place as
  select private_allowed, fixed, secret_names, applied_version, applied_at, problem from controller.alerts_place;

-- One row a notice and channel; run is empty where its group goes over several. What is asked of each row alone stands in the
-- select list, so that a list of the newest looks at no more than it shows.
create view public.ui_v1_deliveries as
  select b.batch_id as notice_id, b.receiver, r.url, b.status, b.attempts, b.last_error, b.made_at, b.delivered_at,
         b.replays, b.replayed_by, b.replayed_at, g.run, g.group_key,
         (select count(*)::integer from controller.batch_item i
          where i.batch_id = b.batch_id and i.receiver = b.receiver) as incidents,
         (select count(*)::integer from controller.batch_item i join controller.notice n using (notice_id)
          where i.batch_id = b.batch_id and i.receiver = b.receiver and n.state = 'firing') as firing,
         array(select distinct n.rule from controller.batch_item i join controller.notice n using (notice_id)
               where i.batch_id = b.batch_id and i.receiver = b.receiver order by n.rule) as rules,
         (select case max(n.severity) when 0 then 'info' when 1 then 'warning' when 2 then 'critical' end
          from controller.batch_item i join controller.notice n using (notice_id)
          where i.batch_id = b.batch_id and i.receiver = b.receiver) as severity,
         array(select distinct n.alert_id from controller.batch_item i join controller.notice n using (notice_id)
               where i.batch_id = b.batch_id and i.receiver = b.receiver order by n.alert_id) as alert_ids,
         array(select distinct n.run from controller.batch_item i join controller.notice n using (notice_id)
               where i.batch_id = b.batch_id and i.receiver = b.receiver order by n.run) as runs
  from controller.batch b
  join controller.alert_group g using (group_id)
  join controller.receiver r on r.receiver = b.receiver;

create or replace view public.ui_v1_receivers as
  select r.receiver, r.url, r.disabled_at, r.disabled_reason, r.configured, r.tested_at, r.tested_taken, r.tested_answer,
         h.last_delivered_at, h.last_failed_at, h.last_error, h.pending, h.failed_of_late
  from controller.receiver r
  left join lateral (
    select max(b.delivered_at) as last_delivered_at,
           max(b.made_at) filter (where b.status = 'failed' or b.last_error <> '') as last_failed_at,
           (array_agg(b.last_error order by b.made_at desc) filter (where b.last_error <> ''))[1] as last_error,
           count(*) filter (where b.status = 'pending')::integer as pending,
           count(*) filter (where b.status = 'failed')::integer as failed_of_late
    from controller.batch b
    where b.receiver = r.receiver and b.made_at > now() - interval '1 day') h on true;

create or replace function controller.delete_run(wanted text) returns bigint
language sql
as $$
  with settings as (
    delete from controller.control_state where run = wanted returning 1
  ), groups as (
    delete from controller.alert_group where run = wanted returning 1
  ), notices as (
    delete from controller.notice where run = wanted returning 1
  ), acknowledged as (
    delete from controller.acknowledgement where run = wanted returning 1
  )
  select (select count(*) from settings) + (select count(*) from groups) + (select count(*) from notices)
    + (select count(*) from acknowledged)
$$;

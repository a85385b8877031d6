-- The dashboard's own tables: who may log in, tokens of the API, what people did, and what they say about runs. Flyway
-- creates the schema. Nothing else writes here; nothing of a run's measurements is kept here.

create table dashboard.account (
  name text primary key,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  -- A hash with its scheme, as Spring Security writes it.
  password text not null,
  -- Hash of the environment's password that was taken over last: a new one there replaces the account's.
  seeded text,
  disabled boolean not null default false,
  -- Whether the password was given by somebody else, and is to be changed at the next login.
  must_change boolean not null default false,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  last_login_at timestamptz
);

create table dashboard.token (
  name text primary key,
  -- SHA-256 of 256 random bits: nothing to guess, so that no slow hash is needed.
  sha256 bytea not null unique,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text
);

create table dashboard.activity (
  activity_id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  outcome text not null check (outcome in ('done', 'refused')),
  detail text not null,
  address text not null
);
create index activity_by_time on dashboard.activity (at desc, activity_id desc);

create table dashboard.run_label (
  run text primary key,
  note text not null,
  tags text[] not null,
  archived_at timestamptz,
  changed_by text not null,
  changed_at timestamptz not null
);
create index run_label_tags on dashboard.run_label using gin (tags);

-- What people say about a run goes with it: evenkeel_store.delete_run calls this, in its transaction.
create function dashboard.delete_run(wanted text) returns bigint
language sql
as $$
  with labels as (delete from dashboard.run_label where run = wanted returning 1)
  select count(*) from labels
$$;

create view public.ui_v1_run_labels as
select run, note, tags, archived_at, changed_by, changed_at from dashboard.run_label;

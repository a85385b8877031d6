-- The audit trail of all runs, newest first, and the answer to one request: without sorting or reading all of it.
create index audit_newest on evenkeel_store.audit (at desc, audit_id desc);
create index audit_by_id on evenkeel_store.audit (audit_id);

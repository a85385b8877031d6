package io.evenkeel.contract.error;

/**
 * The catalogue of operating errors. An id never changes and is never used again: it stands in
 * logs, metric labels, HTTP answers and runbook headings. Append only.
 */
public enum ErrorId {
  WIRE_MALFORMED(
      "EVK-WIRE-MALFORMED",
      "The bytes are not the message they should be.",
      "Check the sender's version; the record is kept in the dead-letter topic."),
  WIRE_OVERSIZED(
      "EVK-WIRE-OVERSIZED",
      "The message is larger than Evenkeel accepts.",
      "Send fewer vectors a step, or raise no limit and split ranks."),
  WIRE_VERSION(
      "EVK-WIRE-VERSION",
      "The message has a schema version that this release does not know.",
      "Upgrade the service that reads it."),
  WIRE_INVALID(
      "EVK-WIRE-INVALID",
      "The message can be read, but a value is out of its range.",
      "Correct the sender; the message says which component."),
  KNOB_UNKNOWN(
      "EVK-KNOB-UNKNOWN",
      "The run has declared no such knob or scope.",
      "Use a knob that the run declares."),
  KNOB_BOUNDS(
      "EVK-KNOB-BOUNDS",
      "The value lies outside the knob's declared bounds.",
      "Choose a value within the bounds shown."),
  KNOB_FACTOR(
      "EVK-KNOB-FACTOR",
      "The change is larger than the knob's largest factor.",
      "Change in smaller steps."),
  KNOB_COOLDOWN(
      "EVK-KNOB-COOLDOWN", "The knob was changed too recently.", "Wait for the cool-down to pass."),
  KNOB_BUDGET(
      "EVK-KNOB-BUDGET",
      "The knob's budget of changes an hour is spent.",
      "Wait, or ask whether the policy hunts."),
  KNOB_NOT_FINITE(
      "EVK-KNOB-NOT-FINITE", "A knob cannot be set to NaN or infinity.", "Choose a finite value."),
  KNOB_HELD("EVK-KNOB-HELD", "The knob is held by hand.", "Release the hold first."),
  CONTROL_KILLED(
      "EVK-CONTROL-KILLED", "The kill switch of the run is on.", "Release the kill switch first."),
  CONTROL_STALE(
      "EVK-CONTROL-STALE",
      "The signals are too old or too partial to act on.",
      "See why telemetry is late or ranks are missing."),
  CONTROL_STOOD_DOWN(
      "EVK-CONTROL-STOOD-DOWN",
      "The policy is stood down, because its last action made things worse.",
      "Look at the audit trail, then set the mode again."),
  CONTROL_IN_FLIGHT(
      "EVK-CONTROL-IN-FLIGHT",
      "A command for this knob still waits for its acknowledgement.",
      "Wait for the acknowledgement or its expiry."),
  CONTROL_RUN_UNKNOWN(
      "EVK-CONTROL-RUN-UNKNOWN", "There is no such run, or it has ended.", "Check the run id."),
  CONTROL_PROPOSAL_UNKNOWN(
      "EVK-CONTROL-PROPOSAL-UNKNOWN",
      "There is no such open proposal.",
      "It has expired or been answered."),
  CONTROL_NO_ACK(
      "EVK-CONTROL-NO-ACK",
      "The trainer has not acknowledged a command in time.",
      "See whether the trainer runs and reads its commands."),
  COMMAND_EXPIRED(
      "EVK-COMMAND-EXPIRED",
      "The command arrived after its expiry.",
      "None: the controller decides anew."),
  COMMAND_EPOCH(
      "EVK-COMMAND-EPOCH",
      "The command comes from a controller that has been replaced.",
      "None: the newer controller decides."),
  COMMAND_SEQUENCE(
      "EVK-COMMAND-SEQUENCE",
      "The command's sequence is not newer than the last one's.",
      "None: it was handled before."),
  COMMAND_INCARNATION(
      "EVK-COMMAND-INCARNATION",
      "The command is meant for another incarnation of the run.",
      "None: the controller decides anew."),
  COMMAND_ACTION_UNKNOWN(
      "EVK-COMMAND-ACTION-UNKNOWN",
      "The trainer offers no such action.",
      "Use an action that the run declares."),
  COMMAND_ACTION_ARGUMENT(
      "EVK-COMMAND-ACTION-ARGUMENT",
      "An argument of the action is unknown or out of its range.",
      "Correct the argument that the message names."),
  COMMAND_ACTION_IMPOSSIBLE(
      "EVK-COMMAND-ACTION-IMPOSSIBLE",
      "The action cannot be carried out as things stand.",
      "Ask again when what the message names has changed."),
  CLIENT_BUFFER_FULL(
      "EVK-CLIENT-BUFFER-FULL",
      "Telemetry was dropped, oldest first, because the broker cannot be reached or is too slow.",
      "See why the broker is away; training is not affected."),
  CLIENT_BROKER_DOWN(
      "EVK-CLIENT-BROKER-DOWN",
      "The broker cannot be reached.",
      "Check the address; the client keeps trying."),
  KAFKA_UNAVAILABLE(
      "EVK-KAFKA-UNAVAILABLE",
      "Kafka cannot be reached.",
      "Check the broker; the service keeps trying."),
  DB_UNAVAILABLE(
      "EVK-DB-UNAVAILABLE",
      "The database cannot be reached.",
      "Check the database; the service keeps trying and nothing is lost meanwhile."),
  DB_DISK_FULL(
      "EVK-DB-DISK-FULL",
      "The database has no room left.",
      "Free disk space; the service goes on by itself."),
  DB_MIGRATION(
      "EVK-DB-MIGRATION",
      "The database schema could not be brought up to date.",
      "See the log; the database may belong to a newer release."),
  STORE_REJECTED(
      "EVK-STORE-REJECTED",
      "The database refused a record that passed every check.",
      "The record is in the dead-letter topic; report it."),
  ANALYTICS_STATE(
      "EVK-ANALYTICS-STATE",
      "A record could not be processed by the job.",
      "The record is in the dead-letter topic; report it."),
  WEBHOOK_TARGET(
      "EVK-WEBHOOK-TARGET",
      "The webhook's address is not allowed.",
      "Use a public address, or allow private ones in the configuration."),
  WEBHOOK_FAILED(
      "EVK-WEBHOOK-FAILED",
      "A webhook could not be delivered.",
      "See the delivery log for the receiver's answer."),
  WEBHOOK_GONE(
      "EVK-WEBHOOK-GONE",
      "The receiver answered 410 and is disabled.",
      "Configure another address."),
  CONFIG_INVALID(
      "EVK-CONFIG-INVALID",
      "The configuration has errors.",
      "Correct the components that the message names."),
  START_PORT_IN_USE(
      "EVK-START-PORT-IN-USE",
      "A port is in use by another program.",
      "Stop it, or choose another one: --port and --gateway-port of ./evenkeel up, EVENKEEL_GATEWAY_PORT of a gateway by itself."),
  START_DISK_FULL(
      "EVK-START-DISK-FULL",
      "The disk is full or nearly so.",
      "Free space, or choose another folder with --data."),
  START_ALREADY_RUNNING(
      "EVK-START-ALREADY-RUNNING",
      "Evenkeel runs on this data folder already.",
      "Use the running one, stop it, or choose another folder with --data."),
  START_SERVICE_FAILED(
      "EVK-START-SERVICE-FAILED", "A service could not be started.", "See its log file."),
  TRAINER_NO_DEVICE(
      "EVK-TRAINER-NO-DEVICE", "There is no usable GPU on this machine.", "Use --backend cpu."),
  TRAINER_NO_DRIVER(
      "EVK-TRAINER-NO-DRIVER",
      "There is no NVIDIA driver on this machine.",
      "Install NVIDIA's driver, or use --backend cpu."),
  TRAINER_OLD_DRIVER(
      "EVK-TRAINER-OLD-DRIVER",
      "The NVIDIA driver is too old.",
      "Update NVIDIA's driver, or use --backend cpu."),
  TRAINER_OLD_DEVICE(
      "EVK-TRAINER-OLD-DEVICE",
      "The GPU is too old.",
      "Use a GPU of compute capability 7.0 or newer, or --backend cpu."),
  TRAINER_DEVICE_MEMORY(
      "EVK-TRAINER-DEVICE-MEMORY",
      "The GPU has too little free memory.",
      "Stop what else uses the GPU, make the model or the batch smaller, or use --backend cpu."),
  TRAINER_NO_EMULATOR(
      "EVK-TRAINER-NO-EMULATOR",
      "The emulated GPU is not there.",
      "Run through ./evenkeel, which builds it, with g++ installed (for example: apt-get install g++)."),
  TRAINER_CONFIG(
      "EVK-TRAINER-CONFIG",
      "The trainer's configuration has errors.",
      "Correct the components that the message names."),
  TRAINER_CHECKPOINT(
      "EVK-TRAINER-CHECKPOINT",
      "A checkpoint could not be read or written.",
      "Check the folder and the free space."),
  TRAINER_CHECKPOINT_MODEL(
      "EVK-TRAINER-CHECKPOINT-MODEL",
      "The checkpoint is of another model than the configuration's.",
      "Give the configuration that wrote it, or another run id."),
  TRAINER_CHECKPOINT_COURSE(
      "EVK-TRAINER-CHECKPOINT-COURSE",
      "The checkpoint was written under another backend or configuration: the run goes on, but not as it would have.",
      "None if that is meant; else give the backend and the configuration that wrote it."),
  TRAINER_FAULT_KIND(
      "EVK-TRAINER-FAULT-KIND",
      "There is no such fault.",
      "Use one of the kinds of faults in docs/configuration.md."),
  TRAINER_FAULT_STEPS(
      "EVK-TRAINER-FAULT-STEPS",
      "The steps of a fault are no range.",
      "Give from and until with until greater, or one step."),
  TRAINER_FAULT_KNOB(
      "EVK-TRAINER-FAULT-KNOB",
      "A fault names a knob that cannot be moved so.",
      "Use one of the knobs shown."),
  TRAINER_FAULT_TENSOR(
      "EVK-TRAINER-FAULT-TENSOR",
      "A fault names a tensor, a layer or an element that the model does not have.",
      "Use the names of the model's parameters, such as layers.0.router."),
  TRAINER_FAULT_RANK(
      "EVK-TRAINER-FAULT-RANK",
      "A fault names a rank that the run does not have.",
      "Use 0 to the number of ranks less one."),
  TRAINER_FAULT_VALUE(
      "EVK-TRAINER-FAULT-VALUE",
      "A value of a fault is out of its range.",
      "Correct the components that the message names."),
  GOLDEN_NO_CASES(
      "EVK-GOLDEN-NO-CASES",
      "The folder holds no golden case.",
      "Give the folder that holds the *.json cases."),
  BENCH_PYTORCH(
      "EVK-BENCH-PYTORCH",
      "There is no Python with PyTorch to compare with, or it failed.",
      "Install it (for example: apt-get install python3-torch python3-numpy libopenblas0), or name another interpreter in EVENKEEL_PYTHON."),
  CLIENT_REFUSED(
      "EVK-CLIENT-REFUSED",
      "The receiver will never take a record, which is counted as rejected.",
      "See the reason: the token, the run's name, or the size; training is not affected."),
  BENCH_STORE(
      "EVK-BENCH-STORE",
      "The store could not be measured.",
      "The line says why; free disk space and memory, and try again."),
  WRITER_METRICS(
      "EVK-WRITER-METRICS",
      "The writer cannot serve its metrics.",
      "Free the port, or name another one in EVENKEEL_WRITER_METRICS_PORT; everything else works."),
  GATEWAY_TOKEN(
      "EVK-GATEWAY-TOKEN",
      "The request carries no token, or one that is not known or has expired.",
      "Make one with ./evenkeel token create --runs PATTERN and send it as Authorization: Bearer TOKEN."),
  GATEWAY_SCOPE(
      "EVK-GATEWAY-SCOPE",
      "The token does not cover the run.",
      "Use a token whose pattern names the run."),
  GATEWAY_TOO_LARGE(
      "EVK-GATEWAY-TOO-LARGE",
      "The request is larger than the gateway accepts.",
      "Send fewer records a request."),
  GATEWAY_MEDIA_TYPE(
      "EVK-GATEWAY-MEDIA-TYPE",
      "The content type or encoding is not one that the gateway reads.",
      "Use one that docs/http-api.md names, and gzip, zstd or no encoding."),
  GATEWAY_RATE(
      "EVK-GATEWAY-RATE",
      "The token sends more than it may.",
      "Send the same again after the time of Retry-After, or raise the limit."),
  GATEWAY_BUSY(
      "EVK-GATEWAY-BUSY",
      "The gateway holds as many requests as it has room for.",
      "Send the same again after the time of Retry-After."),
  GATEWAY_TIMEOUT(
      "EVK-GATEWAY-TIMEOUT",
      "The body did not arrive in time.",
      "Send the same again; see why the network is slow."),
  GATEWAY_REQUEST(
      "EVK-GATEWAY-REQUEST",
      "There is no such path, method or parameter, or the request is not proper HTTP.",
      "See docs/http-api.md."),
  GATEWAY_TOKEN_FILE(
      "EVK-GATEWAY-TOKEN-FILE",
      "The file of tokens cannot be read.",
      "Correct it, or remove it and make tokens anew with ./evenkeel token create; what was read last stays in force."),
  GATEWAY_FAULT(
      "EVK-GATEWAY-FAULT",
      "The gateway failed to handle a request.",
      "Report it with the lines of the log around it; sending the same again is harmless."),
  REPLAY_FILE(
      "EVK-REPLAY-FILE", "The log cannot be read.", "Check the path and the rights of the file."),
  REPLAY_FORMAT(
      "EVK-REPLAY-FORMAT",
      "The file is in none of the formats that can be replayed.",
      "Give JSON lines of telemetry, CSV of step,metric,value, a TensorBoard event file or a trainer_state.json."),
  REPLAY_EMPTY(
      "EVK-REPLAY-EMPTY",
      "The log holds nothing that can be replayed.",
      "See the reasons given for what was left out."),
  REPLAY_RECORD(
      "EVK-REPLAY-RECORD",
      "A line or record of a log cannot be read, and was left out.",
      "Correct it at the place named; the rest has been read."),
  REPLAY_CHECKSUM(
      "EVK-REPLAY-CHECKSUM",
      "A record of an event file is damaged: its checksum does not hold.",
      "Copy the file again from where it was written; the other records have been read."),
  REPLAY_OTHER_LOG(
      "EVK-REPLAY-OTHER-LOG",
      "There is a run of this name already that is not this log.",
      "Give another --run, or delete that one first (./evenkeel delete)."),
  REPLAY_INCOMPLETE(
      "EVK-REPLAY-INCOMPLETE",
      "Not all of the log has been stored and judged.",
      "See the logs of the services, and replay the file again: what is there stays once."),
  RUN_UNKNOWN("EVK-RUN-UNKNOWN", "There is no such run.", "Use the id that the dashboard shows."),
  RUN_LIVE("EVK-RUN-LIVE", "The run is still going on.", "Stop its trainer first, or say --force."),
  CLIENT_CALL(
      "EVK-CLIENT-CALL",
      "What a trainer logged cannot be used, and was counted and left out.",
      "Correct the call that the message names; training is not affected."),
  OTLP_RESOURCE(
      "EVK-OTLP-RESOURCE",
      "The resource of an OpenTelemetry export does not say which run it is of, or says it wrongly.",
      "Set the attribute evenkeel.run, for example by OTEL_RESOURCE_ATTRIBUTES."),
  OTLP_POINT(
      "EVK-OTLP-POINT",
      "An OpenTelemetry data point lacks an attribute, or a value is out of its range.",
      "Correct what the message names; docs/opentelemetry.md has all names."),
  OTLP_KIND(
      "EVK-OTLP-KIND",
      "Histograms and summaries of OpenTelemetry are not taken.",
      "Record a gauge or a counter, with the step as an attribute."),
  OTLP_STEP_SENT(
      "EVK-OTLP-STEP-SENT",
      "A data point came, or changed, after its step was stored.",
      "Record the figures of a step together, at its end."),
  BENCH_INGEST(
      "EVK-BENCH-INGEST",
      "The gateway could not be measured.",
      "The line says why; build with ./evenkeel, free memory and try again."),
  WRITER_UPKEEP(
      "EVK-WRITER-UPKEEP",
      "A task of the writer's upkeep failed: roll-ups, their count, partitions, compression or retention.",
      "The line says why; it is tried again by itself, and no record is lost or held up meanwhile."),
  BENCH_ANALYTICS(
      "EVK-BENCH-ANALYTICS",
      "Analytics could not be measured.",
      "The line says why; build with ./evenkeel, free memory and disk, and try again."),
  RULE_INVALID(
      "EVK-RULE-INVALID",
      "An alert rule has errors.",
      "Correct what the message names; ./evenkeel rules check FILE shows all errors with their places. The rule's former version stays in force."),
  RULE_FAILED(
      "EVK-RULE-FAILED",
      "A user's rule could not be evaluated.",
      "Correct the rule and send it again: it is evaluated anew from the next step on; everything else goes on."),
  RULE_UNKNOWN("EVK-RULE-UNKNOWN", "There is no such rule.", "See ./evenkeel rules list."),
  BENCH_CASES(
      "EVK-BENCH-CASES",
      "Cases of detection cannot be read.",
      "Correct what the line names; docs/benchmarks.md has the layout."),
  GYM_SCENARIO(
      "EVK-GYM-SCENARIO",
      "A scenario of the gym has errors.",
      "Correct what the line names; docs/gym.md has the layout, ./evenkeel gym --list the names."),
  GYM_RUN(
      "EVK-GYM-RUN",
      "A run of the gym could not be trained to its end.",
      "The line says why; free disk space in the temporary folder, and try again."),
  TRAINER_REPORT(
      "EVK-TRAINER-REPORT",
      "The trainer's report could not be written; the run itself is done.",
      "Check the folder that --report names, and the free space."),
  ALERTS_CONFIG(
      "EVK-ALERTS-CONFIG",
      "The file of receivers and routes has an error.",
      "Correct it at the place named; ./evenkeel alerts check FILE shows all errors at once, docs/alerts.md has the format."),
  ALERTS_RECEIVER(
      "EVK-ALERTS-RECEIVER",
      "There is no receiver of that name.",
      "Use a name that the file's receivers have."),
  ALERTS_SECRET(
      "EVK-ALERTS-SECRET",
      "A file that holds a secret cannot be read.",
      "Correct the path or its rights; it is relative to the folder of the file that names it."),
  ALERTS_TEST("EVK-ALERTS-TEST", "A test notice was not taken.", "See the receiver's answer."),
  ALERTS_VERSION(
      "EVK-ALERTS-VERSION",
      "Somebody else has changed the receivers and routes meanwhile.",
      "Load the newest version, bring your changes into it, and save again."),
  ALERTS_FIXED(
      "EVK-ALERTS-FIXED",
      "EVENKEEL_WEBHOOK_URL names who is told of alerts; nothing else is saved beside it.",
      "Start the controller without it, or with EVENKEEL_ALERTS_FILE, to edit receivers and routes."),
  ALERTS_CLEAR_SECRET(
      "EVK-ALERTS-CLEAR-SECRET",
      "A secret stands in clear in the receivers and routes that were to be saved.",
      "Put it into a file of the folder EVENKEEL_ALERTS_SECRETS, and name that file in the key that ends in _file."),
  ALERTS_PRIVATE(
      "EVK-ALERTS-PRIVATE",
      "A configuration that is saved may not allow private addresses here.",
      "Start the controller with EVENKEEL_ALERTS_ALLOW_PRIVATE=true, or use a public address."),
  ALERT_UNKNOWN(
      "EVK-ALERT-UNKNOWN",
      "There is no such alert that fires.",
      "See the alerts view: it may be over already."),
  ALERT_ACKNOWLEDGED(
      "EVK-ALERT-ACKNOWLEDGED",
      "Somebody has acknowledged this alert already.",
      "Ask who has; the alerts view shows the name."),
  SILENCE_INVALID(
      "EVK-SILENCE-INVALID",
      "A silence cannot be made so.",
      "Correct what the message names; docs/alerts.md has the matchers."),
  SILENCE_UNKNOWN(
      "EVK-SILENCE-UNKNOWN",
      "There is no such silence that holds or is to come.",
      "See the silences: it may be over already."),
  NOTICE_UNKNOWN(
      "EVK-NOTICE-UNKNOWN",
      "There is no such notice for that receiver.",
      "See the delivery log; notices go with their run when it is deleted."),
  NOTICE_REPLAY(
      "EVK-NOTICE-REPLAY", "The notice cannot be delivered again now.", "The message says why."),
  API_REQUEST(
      "EVK-API-REQUEST",
      "There is no such path or method, or the request is not proper HTTP.",
      "See docs/rest-api.md."),
  API_INVALID(
      "EVK-API-INVALID",
      "The request has errors.",
      "Correct what the answer's errors name; docs/rest-api.md has every field."),
  API_TOKEN(
      "EVK-API-TOKEN",
      "The request carries no token, or one that is not known, has expired or was revoked.",
      "Have an admin make one under Users and tokens, and send it as Authorization: Bearer TOKEN."),
  API_NOT_FOUND(
      "EVK-API-NOT-FOUND", "There is nothing of this name.", "List what there is, and use its id."),
  API_RATE(
      "EVK-API-RATE",
      "The token asks more often than it may.",
      "Send the same again after the time of Retry-After."),
  API_FAULT(
      "EVK-API-FAULT",
      "The dashboard failed to handle a request.",
      "Report it with the lines of the log around it."),
  ACCESS_ROLE(
      "EVK-ACCESS-ROLE",
      "This needs a higher role.",
      "Ask an admin to do it, or for the role: viewers look, operators steer, admins decide how far Evenkeel may go."),
  ACCOUNT_INVALID(
      "EVK-ACCOUNT-INVALID",
      "The name, password or role of an account or token is not allowed.",
      "Correct what the message names."),
  ACCOUNT_EXISTS(
      "EVK-ACCOUNT-EXISTS",
      "There is an account or token of this name already.",
      "Choose another name."),
  ACCOUNT_UNKNOWN(
      "EVK-ACCOUNT-UNKNOWN",
      "There is no account or token of this name.",
      "Use a name that Users and tokens shows."),
  ACCOUNT_LAST_ADMIN(
      "EVK-ACCOUNT-LAST-ADMIN",
      "This is the last admin who can log in.",
      "Make another account an admin first."),
  LOGIN_REFUSED(
      "EVK-LOGIN-REFUSED",
      "The name or the password is wrong, or the account is disabled.",
      "Try again, or have an admin reset the password."),
  LOGIN_WAIT(
      "EVK-LOGIN-WAIT",
      "There were too many failed attempts.",
      "Wait as long as the page says; an admin can reset the password meanwhile."),
  BENCH_LIVE(
      "EVK-BENCH-LIVE",
      "A running Evenkeel could not be measured.",
      "The line says why; build with ./evenkeel, free memory, disk and ports, and try again."),
  CONTROL_RUN_ENDED(
      "EVK-CONTROL-RUN-ENDED",
      "A run ended while a command was on its way to it.",
      "Nothing to do: the command is not repeated, and is not carried over to a later run."),
  CONTROL_ACK_UNTRUE(
      "EVK-CONTROL-ACK-UNTRUE",
      "A trainer said that it had applied a command, and its telemetry shows the old value.",
      "See how the trainer sets the knob: something else sets it back, or it acknowledges before it applies."),
  BENCH_UI(
      "EVK-BENCH-UI",
      "The dashboard cannot be measured here.",
      "The line says why; chromium and chromium-driver must be installed, and the dashboard built."),
  RULE_CHANGED(
      "EVK-RULE-CHANGED",
      "Somebody else has changed the rule meanwhile.",
      "Read it again, bring your change into it, and save with its newest time."),
  ALERTS_REQUEST(
      "EVK-ALERTS-REQUEST",
      "A request about alerts could not be carried out, and nothing was changed.",
      "Ask again; if it is refused again, the controller's log says why.");

  private final String id;
  private final String meaning;
  private final String remedy;

  ErrorId(String id, String meaning, String remedy) {
    this.id = id;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /** The immutable id, {@code EVK-<AREA>-<NAME>}. */
  public String id() {
    return id;
  }

  /** What has happened, a sentence for people. */
  public String meaning() {
    return meaning;
  }

  /** What to do, a sentence for people. */
  public String remedy() {
    return remedy;
  }

  /** One line for a log or an answer: id, detail, remedy. */
  public String line(String detail) {
    return id + ": " + (detail.isEmpty() ? meaning : detail) + " " + remedy;
  }

  @Override
  public String toString() {
    return id;
  }
}

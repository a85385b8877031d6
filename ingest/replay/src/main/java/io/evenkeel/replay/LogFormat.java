package io.evenkeel.replay;

/** The formats that can be replayed. */
public enum LogFormat {
  /** JSON lines of {@code StepTelemetry}, as the gateway takes them. */
  JSONL("jsonl"),
  /** JSON lines of an exported run: what analytics made of each step. */
  EXPORT("evenkeel_steps"),
  /** CSV of step, metric, value. */
  CSV("csv"),
  /** A TensorBoard event file. */
  TENSORBOARD("tensorboard"),
  /** HuggingFace's trainer_state.json. */
  TRAINER_STATE("trainer_state");

  private final String id;

  LogFormat(String id) {
    this.id = id;
  }

  /** Its name in reports. */
  public String id() {
    return id;
  }
}

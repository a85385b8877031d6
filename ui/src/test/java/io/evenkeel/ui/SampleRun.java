package io.evenkeel.ui;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Random;

/**
 * Writes a run into the writer's own tables, step by step, as its signals would: alpha drowns the
 * language-model loss at first, is brought down by commands, and R_g falls under 0.1. Figures come
 * from a fixed seed.
 */
public final class SampleRun {
  private static final String KNOBS =
      """
      [{"knob":"load_balance.alpha","scope":"","minimum":0.0001,"maximum":1,"initial":0.5,"baseline":0.01,"max_factor":2,"cooldown_steps":10,"max_changes_per_hour":60,"fallback":"hold","unit":""},
       {"knob":"expert_bias.mu","scope":"","minimum":0,"maximum":0.1,"initial":0.01,"baseline":0.01,"max_factor":2,"cooldown_steps":10,"max_changes_per_hour":60,"fallback":"hold","unit":""},
       {"knob":"adam.epsilon","scope":"","minimum":1e-16,"maximum":1e-6,"initial":1e-8,"baseline":1e-8,"max_factor":10,"cooldown_steps":10,"max_changes_per_hour":12,"fallback":"hold","unit":""},
       {"knob":"hidden_z.lambda","scope":"","minimum":0,"maximum":0.01,"initial":0.0001,"baseline":0.0001,"max_factor":2,"cooldown_steps":10,"max_changes_per_hour":12,"fallback":"hold","unit":""},
       {"knob":"gradient_clip.norm","scope":"","minimum":0.01,"maximum":10,"initial":1,"baseline":1,"max_factor":2,"cooldown_steps":10,"max_changes_per_hour":12,"fallback":"hold","unit":""},
       {"knob":"learning_rate.scale","scope":"","minimum":0.1,"maximum":1,"initial":1,"baseline":1,"max_factor":2,"cooldown_steps":10,"max_changes_per_hour":12,"fallback":"baseline","unit":""}]
      """;

  private final Connection database;
  private final String run;
  private final int layers;
  private final int ffnExperts;
  private final int zeroExperts;
  private final Instant start;
  private final Random random = new Random(7);
  private final int runId;
  private double alpha = 0.5;
  private int sequence;

  /** Declares the run. */
  public SampleRun(
      Connection database,
      String run,
      String name,
      int layers,
      int ffnExperts,
      int zeroExperts,
      Instant start)
      throws SQLException {
    this.database = database;
    this.run = run;
    this.layers = layers;
    this.ffnExperts = ffnExperts;
    this.zeroExperts = zeroExperts;
    this.start = start;
    update("insert into evenkeel_store.run(run) values (?) on conflict do nothing", run);
    try (var statement =
        database.prepareStatement("select run_id from evenkeel_store.run where run = ?")) {
      statement.setString(1, run);
      var rows = statement.executeQuery();
      rows.next();
      runId = rows.getInt(1);
    }
    update(
        "insert into evenkeel_store.declaration values (?, 0, ?, 'running', ?, null, 1, 0, 3000, '{}', '{}', ?, ?, ?, 4, 2.5, 2, ?::jsonb, '[\"checkpoint\"]', 30000, '{}')",
        runId,
        name,
        Timestamp.from(start),
        layers,
        ffnExperts,
        zeroExperts,
        KNOBS);
    update(
        "insert into evenkeel_store.incarnation values (?, 0, 0, 0, 0, 0, ?, 1, ?, ?, ?, 4, 2.5)",
        runId,
        Timestamp.from(start),
        layers,
        ffnExperts,
        zeroExperts);
  }

  /** The run's id. */
  public String run() {
    return run;
  }

  /** Writes the steps from {@code from} to {@code to}, the latter not included. */
  public void steps(long from, long to) throws SQLException {
    for (long step = from; step < to; step++) {
      step(step);
    }
    if (!database.getAutoCommit()) {
      database.commit();
    }
  }

  private void step(long step) throws SQLException {
    Instant at = start.plusMillis(250 * step);
    if (step >= 60 && step % 20 == 0 && alpha > 0.012) {
      double to = Math.max(0.01, alpha / 2);
      command(step, alpha, to);
      alpha = to;
    }
    if (step == 24) {
      alert(
          "a-rg",
          1,
          "gradient-norm-ratio",
          "layers/1",
          "critical",
          20,
          24,
          0.9,
          0.1,
          "R_g of layer 1 is 0.9, nine times its limit",
          at);
      alert(
          "a-rg",
          2,
          "gradient-norm-ratio",
          "layers/1",
          "critical",
          20,
          24,
          0.9,
          0.1,
          "R_g of layer 1 is 0.9, nine times its limit",
          at);
    }
    if (step == 190) {
      alert(
          "a-rg",
          3,
          "gradient-norm-ratio",
          "layers/1",
          "critical",
          20,
          190,
          0.08,
          0.1,
          "R_g of layer 1 is back under its limit",
          at);
    }
    if (step == 320) {
      alert(
          "a-spike",
          2,
          "loss-spike",
          "run",
          "warning",
          318,
          320,
          9,
          6,
          "The loss jumped by nine robust deviations",
          at);
    }
    if (step == 345) {
      alert("a-spike", 3, "loss-spike", "run", "warning", 318, 345, 1, 6, "The loss is back", at);
    }
    double spike = step == 318 ? 1.9 : 0;
    double loss = 1.4 + 4.1 * Math.exp(-step / 140.0) + 0.05 * random.nextGaussian() + spike;
    double scale = alpha / 0.5;
    update(
        "insert into evenkeel_store.step values (?, 0, ?, 1, 1, ?, ?, 4096, ?, ?, ?, ?, ?, ?, ?, 4.2, ?, ?, ?, ?, 0.001, 0.4, 0.3, 0.02, 0, 1, ?, 0, 0)",
        runId,
        step,
        Timestamp.from(at),
        Timestamp.from(at.plusMillis(40)),
        step == 250 ? Double.NaN : loss,
        1.1 + 0.05 * random.nextGaussian(),
        0.002 + 0.0002 * random.nextGaussian(),
        loss + alpha,
        0.6 + 0.2 * Math.abs(random.nextGaussian()) + 4 * spike,
        Math.min(1, 0.9 + 0.1 * random.nextDouble()),
        150 + 15 * random.nextGaussian() + (step % 97 == 0 ? 90 : 0),
        0.95 * scale,
        0.7 * scale,
        0.5 * scale,
        0.02 + 0.001 * random.nextGaussian(),
        (long) sequence);
    for (int layer = 0; layer < layers; layer++) {
      layer(step, layer, scale);
    }
    tensors(step);
    knobs(step);
    update(
        "insert into evenkeel_store.observation values (?, 0, ?, 0, 1, ?, 4096, 150, 4.2, ?, 0.6, 0, 1, ?, ?)",
        runId,
        step,
        Timestamp.from(at),
        loss,
        (long) sequence,
        Timestamp.from(at));
    update(
        "update evenkeel_store.incarnation set last_step = ?, observations = observations + 1, tokens = tokens + 4096, last_telemetry_at = ? where run_id = ?",
        step,
        Timestamp.from(at),
        runId);
  }

  private void layer(long step, int layer, double scale) throws SQLException {
    Float[] load = new Float[ffnExperts + zeroExperts];
    double max = 0;
    double sum = 0;
    for (int i = 0; i < load.length; i++) {
      double skew =
          1
              + 0.9 * Math.exp(-step / 120.0) * Math.sin(i * 1.7 + layer)
              + 0.08 * random.nextGaussian();
      load[i] = (float) Math.max(0, 1000 * skew * (i >= ffnExperts ? 1.4 : 1));
      if (i < ffnExperts) {
        max = Math.max(max, load[i]);
        sum += load[i];
      }
    }
    double violation = max / (sum / ffnExperts) - 1;
    Array loads = database.createArrayOf("float4", load);
    double entropy = 0.7 + 0.25 * Math.exp(-step / 200.0) + 0.01 * random.nextGaussian();
    update(
        "insert into evenkeel_store.layer_step values (?, 0, ?, ?, ?, 0.01, 0.5, ?, 1, ?, ?, ?, ?, ?, 1.05, ?, 0.2, 0, 2.1, 0.97, 1.5, ?, ?, ?, ?, 0.05, 2.5, ?, 0.3, 40, 5, 0.2, 0.01, 0.1, 1)",
        runId,
        step,
        layer,
        (0.6 + 0.2 * layer) * scale * Math.exp(0.15 * random.nextGaussian()),
        (0.3 + 0.1 * layer) * scale * Math.exp(0.15 * random.nextGaussian()),
        0.05 + 0.01 * layer,
        0.06 + 0.012 * layer + 0.002 * random.nextGaussian(),
        loads,
        loads,
        loads,
        violation,
        entropy,
        Math.max(0, 0.35 * (1 - Math.exp(-step / 200.0)) + 0.01 * random.nextGaussian()),
        2.5 + 0.4 * Math.exp(-step / 100.0) * (layer - 1) + 0.03 * random.nextGaussian(),
        0.55 + 0.02 * random.nextGaussian(),
        ffnExperts);
    for (int site = 1; site <= 3; site++) {
      update(
          "insert into evenkeel_store.activation_step values (?, 0, ?, ?, ?, ?, 0, 1, ?, 4, 0, 0)",
          runId,
          step,
          layer,
          site,
          (8 + 3 * layer) * (1 + 0.1 * Math.abs(random.nextGaussian())),
          1.2 + 0.2 * layer);
    }
  }

  private void tensors(long step) throws SQLException {
    String[] names = {
      "embed",
      "layers.0.router",
      "layers.0.experts.w_up",
      "layers.1.router",
      "layers.1.experts.w_gate",
      "head",
      "layers.0.attn1.wq",
      "norm_final"
    };
    for (int i = 0; i < names.length; i++) {
      double rms = Math.pow(10, -7.2 + 0.6 * i) * Math.exp(0.1 * random.nextGaussian());
      update(
          "insert into evenkeel_store.tensor_step values (?, 0, ?, ?, ?, ?, 0, 0, 0, 1000)",
          runId,
          step,
          name(names[i]),
          rms,
          1e-8 / rms);
    }
  }

  private void knobs(long step) throws SQLException {
    knob(step, "load_balance.alpha", alpha);
    knob(step, "expert_bias.mu", 0.01 * Math.pow(0.999, step));
    knob(step, "adam.epsilon", 1e-8);
    knob(step, "hidden_z.lambda", 1e-4);
    knob(step, "gradient_clip.norm", 1);
    knob(step, "learning_rate.scale", 1);
    knob(step, "learning_rate", 3e-3 * Math.min(1, step / 50.0));
  }

  private void knob(long step, String knob, double value) throws SQLException {
    update(
        "insert into evenkeel_store.knob_step values (?, 0, ?, ?, ?, ?)",
        runId,
        step,
        name(knob),
        name(""),
        value);
  }

  private void command(long step, double from, double to) throws SQLException {
    sequence++;
    Timestamp at = Timestamp.from(start.plusMillis(250 * step));
    update(
        "insert into evenkeel_store.command values (?, 1, ?, 0, 'set_knob', 'load_balance.alpha', '', ?, ?, null, null, 'policy:alpha', 'R_g above its limit', ?, ?, ?)",
        runId,
        (long) sequence,
        from,
        to,
        step - 1,
        at,
        Timestamp.from(at.toInstant().plusSeconds(60)));
    update(
        "insert into evenkeel_store.command_ack values (?, 1, ?, 0, 'applied', ?, 'load_balance.alpha', '', ?, ?, '', '', ?)",
        runId,
        (long) sequence,
        step,
        from,
        to,
        at);
    update(
        "insert into evenkeel_store.audit values (?, ?, 0, ?, ?, 'policy:alpha', 'acted', 'auto', 'load_balance.alpha', '', ?, ?, ?, '', '{\"gradient_norm_ratio_max\": 0.9, \"limit\": 0.1}', 1, ?)",
        runId,
        run + "-audit-" + sequence,
        step - 1,
        at,
        from,
        to,
        "R_g of the worst layer is above 0.1 for 5 steps: alpha down by half, its largest factor",
        (long) sequence);
  }

  /** Writes one state of an incident. */
  public void alert(
      String id,
      int state,
      String rule,
      String scope,
      String severity,
      long first,
      long step,
      double value,
      double threshold,
      String summary,
      Instant at)
      throws SQLException {
    update(
        "insert into evenkeel_store.alert_event values (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, '{}', ?, ?)",
        run + id,
        state,
        runId,
        rule,
        scope,
        severity,
        first,
        step,
        value,
        threshold,
        summary,
        Timestamp.from(at),
        Timestamp.from(at.plusMillis(60)));
  }

  /** Writes one line of the audit trail. */
  public void audit(
      String id,
      long step,
      Instant at,
      String actor,
      String decision,
      String mode,
      String knob,
      Double from,
      Double to,
      String reason,
      String errorId)
      throws SQLException {
    update(
        "insert into evenkeel_store.audit values (?, ?, 0, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?, '{}', 0, 0)",
        runId,
        id,
        step,
        Timestamp.from(at),
        actor,
        decision,
        mode,
        knob,
        from,
        to,
        reason,
        errorId);
  }

  private int name(String name) throws SQLException {
    update("insert into evenkeel_store.name(name) values (?) on conflict do nothing", name);
    try (PreparedStatement statement =
        database.prepareStatement("select name_id from evenkeel_store.name where name = ?")) {
      statement.setString(1, name);
      var rows = statement.executeQuery();
      rows.next();
      return rows.getInt(1);
    }
  }

  private void update(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = database.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.executeUpdate();
    }
  }

  /** Sets a mode, a hold or the kill switch, as the controller stores them. */
  public void setting(String knob, String mode, Boolean held, Boolean killed) throws SQLException {
    update(
        "insert into controller.control_state values (?, ?, ?, ?, ?, 'operator:admin', now())",
        run,
        knob,
        mode,
        held,
        killed);
  }
}

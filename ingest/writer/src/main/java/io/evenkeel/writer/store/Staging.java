package io.evenkeel.writer.store;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * The temporary tables that rows are copied into, each with the statement that merges them into its
 * table. In the order of merging: {@link #STEP} before the tables that hang on it, {@link
 * #PROGRESS} last, so that the one row that all writers of a run share is locked for the shortest
 * time.
 *
 * <p>Every merge may be repeated, and several writers may run it at once over the same rows.
 */
enum Staging {
  OBSERVATION(
      "observation",
      "run_id, incarnation, step, rank, world_size, at, tokens, step_time_millis,"
          + " telemetry_time_millis, loss_lm, gradient_norm, dropped_before, last_command_epoch,"
          + " last_command_sequence, received_at",
      """
      with inserted as (
        insert into evenkeel_store.observation (%1$s) select %1$s from stage_observation
        on conflict do nothing
        returning run_id, incarnation, step, tokens, at, world_size)
      insert into stage_progress
        (run_id, incarnation, first_step, last_step, observations, tokens, at, world_size)
      select run_id, incarnation, min(step), max(step), count(*), sum(tokens), max(at),
        max(world_size)
      from inserted group by run_id, incarnation
      """),
  SENDER_DROP(
      "sender_drop",
      "run_id, incarnation, rank, dropped",
      """
      insert into evenkeel_store.sender_drop as t (%1$s) select %1$s from stage_sender_drop
      order by run_id, incarnation, rank
      on conflict (run_id, incarnation, rank) do update set dropped = excluded.dropped
      where excluded.dropped > t.dropped
      """),
  STEP(
      "step",
      "run_id, incarnation, step, ranks_seen, world_size, at, emitted_at, tokens, loss_lm,"
          + " loss_lb, loss_z, loss_total, gradient_norm, clip_coefficient, step_time_millis,"
          + " telemetry_time_millis, gradient_norm_ratio_max, gradient_norm_ratio_mean,"
          + " logit_gradient_ratio_max, epsilon_over_rms_max, below_epsilon_share,"
          + " loss_spike_score, gradient_norm_spike_score, straggler_skew, non_finite,"
          + " last_command_epoch, last_command_sequence, late_parts, dropped_before, slowest_rank,"
          + " lowest_missing_rank",
      """
      with accepted as (
        insert into evenkeel_store.step as t (%1$s) select %1$s from stage_step
        on conflict (run_id, incarnation, step) do update set %2$s
        where excluded.ranks_seen > t.ranks_seen
        returning run_id, incarnation, step),
      marked as (
        insert into evenkeel_store.rollup_dirty (run_id, incarnation, block)
        select distinct run_id, incarnation, step >> 10 from accepted)
      insert into stage_accepted (run_id, incarnation, step, replaced)
      select run_id, incarnation, step,
        -- This statement sees the table as it was.
        (select true from evenkeel_store.step t
         where t.run_id = a.run_id and t.incarnation = a.incarnation and t.step = a.step
         limit 1) is not null
      from accepted a;
      select evenkeel_store.delete_parts(run_id, incarnation, step)
      from stage_accepted where replaced
      """),
  LAYER_STEP(
      "layer_step",
      "run_id, incarnation, step, layer, gradient_norm_ratio, lm_gradient_norm,"
          + " lb_gradient_norm, logit_gradient_ratio, gradient_method, router_cosine_all,"
          + " router_cosine_ffn, load, probabilities, selection_bias, load_balance_loss,"
          + " max_violation, coefficient_of_variation, dead_experts, entropy_of_mean,"
          + " entropy_of_mean_normalised, token_entropy_mean, token_entropy_normalised,"
          + " soft_mutual_information, ffn_experts_mean, ffn_experts_std,"
          + " ffn_experts_relative_error, ffn_experts_target, ffn_experts, zero_share, router_z,"
          + " router_logit_max_abs, expert_output_cosine, top1_churn, ffn_sum_variance,"
          + " gamma_empirical",
      ofAcceptedSteps("layer")),
  ACTIVATION_STEP(
      "activation_step",
      "run_id, incarnation, step, layer, site, max_abs, mean, std, rms, kurtosis,"
          + " above_threshold_share, non_finite",
      ofAcceptedSteps("layer, site")),
  TENSOR_STEP(
      "tensor_step",
      "run_id, incarnation, step, tensor_id, gradient_rms, epsilon_over_rms,"
          + " below_epsilon_share, below_epsilon_nonzero_share, non_finite, elements",
      ofAcceptedSteps("tensor_id")),
  KNOB_STEP(
      "knob_step",
      "run_id, incarnation, step, knob_id, scope_id, value",
      ofAcceptedSteps("knob_id, scope_id")),
  SCALAR_STEP(
      "scalar_step", "run_id, incarnation, step, name_id, value", ofAcceptedSteps("name_id")),
  ALERT_EVENT(
      "alert_event",
      "alert_id, state, run_id, incarnation, rule, scope, severity, first_step, step, value,"
          + " threshold, summary, labels, at, emitted_at",
      firstWins()),
  DECLARATION(
      "declaration",
      "run_id, incarnation, name, status, started_at, ended_at, world_size, first_step,"
          + " planned_steps, model, optimizer, layers, ffn_experts, zero_experts, top_k,"
          + " ffn_experts_target, groups, knobs, actions, lease_millis, labels",
      """
      insert into evenkeel_store.declaration as t (%1$s) select %1$s from stage_declaration
      order by run_id, incarnation
      on conflict (run_id, incarnation) do update set %2$s
      where t.status in ('running', 'paused') or excluded.status not in ('running', 'paused')
      """),
  COMMAND(
      "command",
      "run_id, epoch, sequence, incarnation, kind, knob, scope, value_from, value_to, action,"
          + " arguments, origin, reason, issued_step, issued_at, expires_at",
      firstWins()),
  COMMAND_ACK(
      "command_ack",
      "run_id, epoch, sequence, incarnation, status, step, knob, scope, value_from, value_to,"
          + " error_id, reason, at",
      """
      insert into evenkeel_store.command_ack as t (%1$s) select %1$s from stage_command_ack
      order by run_id, epoch, sequence
      on conflict (run_id, epoch, sequence) do update set %2$s
      where excluded.status = 'applied' and t.status <> 'applied'
      """),
  AUDIT(
      "audit",
      "run_id, audit_id, incarnation, step, at, actor, decision, mode, knob, scope, value_from,"
          + " value_to, reason, error_id, evidence, command_epoch, command_sequence",
      firstWins()),
  DEAD_LETTER(
      "dead_letter",
      "source_topic, partition, record_offset, service, digest, error_id, message, at,"
          + " value_length, record_key, value",
      firstWins()),
  PROGRESS(
      "progress",
      "run_id, incarnation, first_step, last_step, observations, tokens, at, world_size, layers,"
          + " ffn_experts, zero_experts, top_k, ffn_experts_target",
      """
      insert into evenkeel_store.incarnation as t (run_id, incarnation, first_step, last_step,
        observations, tokens, last_telemetry_at, world_size, layers, ffn_experts, zero_experts,
        top_k, ffn_experts_target)
      select run_id, incarnation, min(first_step), max(last_step), sum(observations),
        least(sum(tokens), 9223372036854775807)::bigint, max(at), max(world_size), max(layers),
        max(ffn_experts), max(zero_experts), max(top_k), max(ffn_experts_target)
      from stage_progress group by run_id, incarnation order by run_id, incarnation
      on conflict (run_id, incarnation) do update set
        first_step = least(t.first_step, excluded.first_step),
        last_step = greatest(t.last_step, excluded.last_step),
        observations = t.observations + excluded.observations,
        tokens = least(t.tokens::numeric + excluded.tokens, 9223372036854775807)::bigint,
        last_telemetry_at = greatest(t.last_telemetry_at, excluded.last_telemetry_at),
        world_size = greatest(t.world_size, excluded.world_size),
        layers = coalesce(t.layers, excluded.layers),
        ffn_experts = coalesce(t.ffn_experts, excluded.ffn_experts),
        zero_experts = coalesce(t.zero_experts, excluded.zero_experts),
        top_k = coalesce(t.top_k, excluded.top_k),
        ffn_experts_target = coalesce(t.ffn_experts_target, excluded.ffn_experts_target),
        touched_at = now()
      where excluded.observations > 0
        or least(t.first_step, excluded.first_step) is distinct from t.first_step
        or greatest(t.last_step, excluded.last_step) is distinct from t.last_step
        or (t.layers is null and excluded.layers is not null)
      """);

  /** A block is 2^10 steps: what the roll-ups are made anew of when one of its steps changes. */
  static final int BLOCK_BITS = 10;

  /** The COPY statement that marks blocks as changed, binary format. */
  static final String COPY_MARKS =
      "copy evenkeel_store.rollup_dirty (run_id, incarnation, block) from stdin"
          + " with (format binary)";

  /** Number of columns of {@link #COPY_MARKS}. */
  static final int MARK_COLUMNS = 3;

  /**
   * What every connection of the pool runs first. The tables keep their rows over a commit, and are
   * {@linkplain #clear emptied} one by one: "on commit delete rows" would truncate all of them at
   * each commit, which takes ten times as long as the commit of a small batch itself.
   */
  static final String CREATE = create();

  private final String table;
  private final List<String> columns;
  private final String merge;

  Staging(String table, String columns, String merge) {
    this.table = table;
    this.columns = List.of(columns.split(", "));
    String nonKeys =
        String.join(
            ", ", this.columns.stream().map(column -> column + " = excluded." + column).toList());
    this.merge = merge.formatted(String.join(", ", this.columns), nonKeys, table);
  }

  /** Number of columns copied. */
  int columns() {
    return columns.size();
  }

  /** The COPY statement of the staging table, binary format. */
  String copy() {
    return "copy stage_%s (%s) from stdin with (format binary)"
        .formatted(table, String.join(", ", columns));
  }

  /** The COPY statement of the table itself, for rows that are new; binary format. */
  String copyDirect() {
    return "copy evenkeel_store.%s (%s) from stdin with (format binary)"
        .formatted(table, String.join(", ", columns));
  }

  /** The statement that moves the staged rows on. */
  String merge() {
    return merge;
  }

  /**
   * The statement that empties the table; it runs after all merges. Deleting is quick and leaves
   * dead rows, which nobody vacuums in a temporary table; truncating is slow and leaves nothing.
   */
  String clear(Emptying how) {
    String verb = how == Emptying.DELETE ? "delete from stage_" : "truncate stage_";
    return this == STEP ? verb + table + ";\n" + verb + "accepted" : verb + table;
  }

  /** How a staging table is emptied. */
  enum Emptying {
    DELETE,
    TRUNCATE
  }

  private static String firstWins() {
    return """
    insert into evenkeel_store.%3$s (%1$s) select %1$s from stage_%3$s on conflict do nothing
    """;
  }

  /** Parts of a step follow the fate of their step: see {@link Entry.Signals}. */
  private static String ofAcceptedSteps(String key) {
    return """
    insert into evenkeel_store.%%3$s (%%1$s)
    select %%1$s from stage_%%3$s s
    where exists (
      select from stage_accepted a
      where a.run_id = s.run_id and a.incarnation = s.incarnation and a.step = s.step)
    on conflict (run_id, incarnation, step, %s) do update set %%2$s
    """
        .formatted(key);
  }

  private static String create() {
    StringJoiner sql = new StringJoiner(";\n");
    sql.add("set client_min_messages = warning");
    // A repeated record of a compressed chunk of TimescaleDB unpacks up to a thousand rows a
    // series.
    sql.add("set timescaledb.max_tuples_decompressed_per_dml_transaction = 0");
    for (String table : tablesAlike()) {
      sql.add(
          "create temporary table if not exists stage_%1$s (like evenkeel_store.%1$s)"
              .formatted(table));
    }
    sql.add(
        "create temporary table if not exists stage_accepted (run_id integer, incarnation integer,"
            + " step bigint, replaced boolean not null)");
    sql.add(
        "create temporary table if not exists stage_progress (run_id integer, incarnation integer,"
            + " first_step bigint, last_step bigint, observations bigint, tokens numeric,"
            + " at timestamptz, world_size integer, layers integer, ffn_experts integer,"
            + " zero_experts integer, top_k integer, ffn_experts_target double precision)"
            + "");
    return sql.toString();
  }

  private static List<String> tablesAlike() {
    List<String> tables = new ArrayList<>();
    for (Staging staging : values()) {
      if (staging != PROGRESS) {
        tables.add(staging.table);
      }
    }
    return tables;
  }
}

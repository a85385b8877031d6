package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.job.state.RawRecord;
import io.evenkeel.analytics.job.state.RuleChange;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.analytics.rule.RuleCompiler;
import io.evenkeel.analytics.rule.RuleException;
import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads records; what cannot be read goes to the dead letters.
 *
 * @param <T> what is read
 */
public final class DecodeFunction<T> extends ProcessFunction<RawRecord, T> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DecodeFunction.class);

  private interface Reader<T> extends Serializable {
    /** The record; null if there is nothing to pass on. */
    @Nullable T read(byte[] key, byte @Nullable [] value) throws WireException, RuleException;
  }

  private static final byte[] NOTHING = new byte[0];

  /** Loads CEL on the thread that reads the rules, before the one that judges steps needs it. */
  private static final RuleCompiler RULES = RuleCompiler.onProcessorTime();

  private final Reader<T> reader;

  private DecodeFunction(Reader<T> reader) {
    this.reader = reader;
  }

  /** Declarations of runs; a tombstone says that the run has been deleted. */
  public static DecodeFunction<RunInput> runs() {
    return new DecodeFunction<>(
        (key, value) ->
            value == null
                ? forgotten(key)
                : new RunInput.Declaration(Codecs.RUN_SPEC.decode(value)));
  }

  private static @Nullable RunInput forgotten(byte[] key) {
    String run = new String(key, StandardCharsets.UTF_8);
    try {
      Check.run(run);
      return new RunInput.Forgotten(run);
    } catch (IllegalArgumentException e) {
      // No run ever had this name.
      return null;
    }
  }

  /**
   * Rules; a tombstone deletes. One that has errors, in its expression or else, goes to the dead
   * letters with them, and leaves its former version in force.
   */
  public static DecodeFunction<RuleChange> rules() {
    return new DecodeFunction<>(
        (key, value) ->
            new RuleChange(
                new String(key, StandardCharsets.UTF_8),
                value == null ? null : checked(Codecs.ALERT_RULE.decode(value))));
  }

  private static AlertRule checked(AlertRule rule) throws RuleException {
    RULES.check(rule);
    return rule;
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<T> out) {
    byte[] value = record.value();
    try {
      T read = reader.read(record.key(), value);
      if (read != null) {
        out.collect(read);
      }
    } catch (WireException e) {
      context.output(
          DeadLetters.TAG,
          DeadLetters.unreadable(
              record,
              value == null ? NOTHING : value,
              e,
              context.timerService().currentProcessingTime()));
    } catch (RuleException e) {
      LOG.warn("{}", e.getMessage());
      context.output(
          DeadLetters.TAG,
          DeadLetters.invalid(
              record,
              value == null ? NOTHING : value,
              e,
              context.timerService().currentProcessingTime()));
    }
  }
}

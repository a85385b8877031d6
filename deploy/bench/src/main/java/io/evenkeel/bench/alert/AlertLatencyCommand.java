package io.evenkeel.bench.alert;

import io.evenkeel.bench.live.LiveOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** How soon people hear. */
@Command(
    name = "alert-latency",
    mixinStandardHelpOptions = true,
    description = {
      "From telemetry that makes a condition true to the webhook that tells of it, through all that",
      "./evenkeel up starts, beside Prometheus with Alertmanager on the same conditions."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:measured", "2:cannot be measured here, or wrong usage"})
public final class AlertLatencyCommand implements Callable<Integer> {
  /** With the start and the warm-up the whole stays under two minutes. */
  private static final int SECONDS = 45;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LiveOptions options = new LiveOptions(SECONDS);

  /** Measures. */
  @Override
  public Integer call() {
    return options.run(
        spec.commandLine().getOut(),
        spec.commandLine().getErr(),
        (length, out) -> new AlertBench(length).measure(out));
  }
}

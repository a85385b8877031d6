package io.evenkeel.bench.control;

import io.evenkeel.bench.live.LiveOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** How soon the loop closes. */
@Command(
    name = "control-latency",
    mixinStandardHelpOptions = true,
    description = {
      "From telemetry published to command applied at a step's beginning, through all that",
      "./evenkeel up starts: at 20 steps a second, and with steps of 250 ms."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:measured", "2:cannot be measured here, or wrong usage"})
public final class ControlLatencyCommand implements Callable<Integer> {
  /** Two parts, a start and two warm-ups: the whole stays under two minutes. */
  private static final int SECONDS = 25;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LiveOptions options = new LiveOptions(SECONDS);

  /** Measures. */
  @Override
  public Integer call() {
    return options.run(
        spec.commandLine().getOut(),
        spec.commandLine().getErr(),
        (length, out) -> new ControlBench(length).measure(out));
  }
}

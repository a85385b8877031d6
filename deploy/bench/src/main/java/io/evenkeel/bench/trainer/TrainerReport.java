package io.evenkeel.bench.trainer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.bench.torch.TorchInstallation;
import io.evenkeel.trainer.config.TrainerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What {@code bench trainer} tells. */
final class TrainerReport {
  private static final JsonMapper JSON = new JsonMapper();
  private static final double SIGNAL_TARGET = 0.03;
  private static final double RATIO_TARGET = 2.0;
  private static final double GIGA = 1e9;
  private static final double MEBI = 1 << 20;
  private static final int REST_LINES = 14;

  private final TrainerConfig config;
  private final TorchInstallation installation;
  private final int rounds;
  private final List<ThreadComparison.Result> results;
  private final StepProfile profile;

  TrainerReport(
      TrainerConfig config,
      TorchInstallation installation,
      int rounds,
      List<ThreadComparison.Result> results,
      StepProfile profile) {
    this.config = config;
    this.installation = installation;
    this.rounds = rounds;
    this.results = List.copyOf(results);
    this.profile = profile;
  }

  /** The ratio if the whole step ran at the speed of its matrix products. */
  private double limitRatio(ThreadComparison.Result result) {
    return result.best().seconds() / (flop() / result.productRate());
  }

  private double flop() {
    return new StepWork(config).flop();
  }

  private double productShare(ThreadComparison.Result result) {
    return flop() / result.ours() / result.productRate();
  }

  ObjectNode json() {
    ObjectNode root = JSON.createObjectNode();
    root.put("bench", "trainer");
    describe(root);
    double signals = 0;
    for (ThreadComparison.Result result : results) {
      String suffix = "_" + result.threads() + "t";
      double tokens = config.tokens();
      root.put("ratio_tokens_per_s" + suffix, result.best().ratio());
      root.put("limit_ratio" + suffix, limitRatio(result));
      root.put("ours_tokens_per_s" + suffix, tokens / result.ours());
      root.put("pytorch_tokens_per_s" + suffix, tokens / result.best().seconds());
      ObjectNode builds = root.putObject("pytorch_builds" + suffix);
      result
          .builds()
          .forEach(
              (name, build) -> {
                ObjectNode node = builds.putObject(name);
                node.put("tokens_per_s", tokens / build.seconds()).put("ratio", build.ratio());
                build.libraries().forEach(node.withArray("libraries")::add);
              });
      root.put("sgemm_gflops" + suffix, result.productRate() / GIGA);
      root.put("sgemm_large_gflops" + suffix, result.largeProductRate() / GIGA);
      root.put("gemm_share" + suffix, productShare(result));
      root.put("signal_share" + suffix, result.signalShare());
      root.put("loss_distance" + suffix, result.lossDistance());
      signals = Math.max(signals, result.signalShare());
    }
    TrainerUnderTest.Memory memory = results.getFirst().memory();
    root.put("memory_predicted_bytes", memory.predicted());
    root.put("memory_allocated_bytes", memory.allocated());
    root.put("gemm_share", productShare(results.getFirst()));
    root.put("signal_share", signals);
    root.set("rest", JSON.valueToTree(profile.rest()));
    root.set("operations", JSON.valueToTree(profile.operations()));
    root.put("profiled_step_ms", profile.stepMillis());
    return root;
  }

  private void describe(ObjectNode root) {
    root.putObject("machine")
        .put("processor", processor())
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("java", Runtime.version().toString())
        .put("pytorch", installation.version());
    root.putObject("config")
        .put("width", config.model().width())
        .put("layers", config.model().layers())
        .put("parameters", config.model().parameterCount())
        .put("tokens_per_step", config.tokens());
    root.put("rounds", rounds).put("flop_per_step", flop());
    root.putObject("targets")
        .put("ratio_tokens_per_s", RATIO_TARGET)
        .put("signal_share", SIGNAL_TARGET);
  }

  private static String processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** A number of threads as soon as it is measured. */
  static void printLine(PrintWriter out, TrainerConfig config, ThreadComparison.Result result) {
    out.printf(
        Locale.ROOT,
        "%d thread%s: %.0f tokens/s, PyTorch %.0f, ratio %.2f; signals %+.1f %%; losses differ by at most %.1e%n",
        result.threads(),
        result.threads() == 1 ? "" : "s",
        config.tokens() / result.ours(),
        config.tokens() / result.best().seconds(),
        result.best().ratio(),
        100 * result.signalShare(),
        result.lossDistance());
    out.flush();
  }

  void print(PrintWriter out) {
    for (ThreadComparison.Result result : results) {
      out.printf(
          Locale.ROOT,
          "%d thread%s: sgemm %.0f GFLOP/s in the step's shapes (%.0f on large squares); the step of %.1f GFLOP reaches %.0f %% of it; at 100 %% the ratio would be %.2f%n",
          result.threads(),
          result.threads() == 1 ? "" : "s",
          result.productRate() / GIGA,
          result.largeProductRate() / GIGA,
          flop() / GIGA,
          100 * productShare(result),
          limitRatio(result));
    }
    TrainerUnderTest.Memory memory = results.getFirst().memory();
    out.printf(
        Locale.ROOT,
        "Tensors: %.1f MiB predicted, %.1f MiB allocated%n",
        memory.predicted() / MEBI,
        memory.allocated() / MEBI);
    out.printf(
        Locale.ROOT,
        "Where a step of %.0f ms goes (1 thread, signals on):%n",
        profile.stepMillis());
    profile.operations().entrySet().stream()
        .limit(REST_LINES)
        .forEach(
            entry ->
                out.printf(
                    Locale.ROOT,
                    "  %5.1f %%  %7.2f ms  %4.0f calls  %s%n",
                    100 * entry.getValue().share(),
                    entry.getValue().millis(),
                    entry.getValue().calls(),
                    entry.getKey()));
    out.printf(
        Locale.ROOT,
        "  %5.1f %%  outside of the backend's operations%n",
        100 * profile.outsideOperations());
    out.flush();
  }
}

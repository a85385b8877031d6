package io.evenkeel.trainer.golden;

import io.evenkeel.trainer.ops.TensorOps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs every golden file of a folder on every backend that it is given. */
public final class GoldenCheck {
  private static final int MISMATCHES_SHOWN = 5;

  private final List<TensorOps> backends;
  private final Consumer<String> out;
  private int passed;
  private int failed;

  /**
   * Makes a check.
   *
   * @param backends to run each case on, in this order
   * @param out receives the report, line by line
   */
  public GoldenCheck(List<TensorOps> backends, Consumer<String> out) {
    this.backends = List.copyOf(backends);
    this.out = out;
  }

  /**
   * The golden files of a folder, sorted by name.
   *
   * @throws IOException when the folder cannot be read
   */
  public static List<Path> cases(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> String.valueOf(f.getFileName()).endsWith(".json")).sorted().toList();
    }
  }

  /** Checks the files, reports a line a case and backend, and last {@code N passed, M failed}. */
  public Totals run(List<Path> files) {
    for (Path file : files) {
      for (TensorOps ops : backends) {
        check(file, ops);
      }
    }
    Totals totals = new Totals(passed, failed);
    out.accept(totals.toString());
    return totals;
  }

  private void check(Path file, TensorOps ops) {
    String label = file.getFileName() + " " + ops.name();
    TreeComparison comparison = new TreeComparison();
    try {
      GoldenCase golden = GoldenCase.read(file);
      comparison.compare("", golden.tree(), GoldenRun.compute(golden, ops));
    } catch (IOException | IllegalArgumentException e) {
      failed++;
      out.accept("FAIL " + label + ": " + e.getMessage());
      return;
    }
    List<Mismatch> mismatches = comparison.mismatches();
    if (mismatches.isEmpty()) {
      passed++;
      out.accept(String.format(Locale.ROOT, "ok   %s: %,d numbers", label, comparison.compared()));
      return;
    }
    failed++;
    out.accept("FAIL " + label + ": " + mismatches.size() + " of its numbers differ");
    mismatches.stream()
        .limit(MISMATCHES_SHOWN)
        .forEach(m -> out.accept("     " + file.getFileName() + " " + m));
    if (mismatches.size() > MISMATCHES_SHOWN) {
      out.accept("     and " + (mismatches.size() - MISMATCHES_SHOWN) + " more");
    }
  }

  /**
   * Outcome of a check, a case on a backend counting one.
   *
   * @param passed without a mismatch
   * @param failed with one or more, or unreadable
   */
  public record Totals(int passed, int failed) {
    /** True when something passed and nothing failed. */
    public boolean good() {
      return failed == 0 && passed > 0;
    }

    @Override
    public String toString() {
      return passed + " passed, " + failed + " failed";
    }
  }
}

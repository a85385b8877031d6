package io.evenkeel.trainer.app;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.golden.GoldenCheck;
import io.evenkeel.trainer.ops.TensorOps;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Recomputes every golden case of a folder and compares. */
@Command(
    name = "golden",
    mixinStandardHelpOptions = true,
    description = "Recomputes every golden case (*.json) of a folder and compares every number.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:all passed", "1:a case failed", "2:no case to run, or wrong usage"})
final class GoldenCommand implements Callable<Integer> {
  private static final int UNUSABLE = 2;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder of the cases.")
  private Path folder = Path.of(".");

  @Option(
      names = "--backend",
      paramLabel = "reference|cpu|cuda|cuda-emulated",
      description = "Run this backend alone; default: reference and cpu.")
  private @Nullable Backends backend;

  @Override
  public Integer call() {
    PrintWriter out = command().commandLine().getOut();
    List<Path> files;
    try {
      files = GoldenCheck.cases(folder);
    } catch (IOException e) {
      return unusable(folder + " cannot be read: " + reason(e) + ".");
    }
    if (files.isEmpty()) {
      return unusable(folder + " holds no *.json.");
    }
    List<Backends> chosen =
        backend == null ? List.of(Backends.REFERENCE, Backends.CPU) : List.of(backend);
    List<TensorOps> ops = new ArrayList<>();
    try {
      for (Backends each : chosen) {
        ops.add(each.create(1));
      }
      GoldenCheck.Totals totals = new GoldenCheck(ops, out::println).run(files);
      out.flush();
      return totals.good() ? 0 : 1;
    } catch (UnusableException e) {
      return complain(e.line());
    } finally {
      ops.forEach(TensorOps::close);
    }
  }

  private int unusable(String detail) {
    return complain(ErrorId.GOLDEN_NO_CASES.line(detail));
  }

  private int complain(String line) {
    PrintWriter err = command().commandLine().getErr();
    err.println(line);
    err.flush();
    return UNUSABLE;
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "there is no such folder";
      case NotDirectoryException file -> "it is not a folder";
      default -> e.toString();
    };
  }

  private CommandSpec command() {
    if (spec == null) {
      throw new IllegalStateException("picocli injects the spec");
    }
    return spec;
  }
}

package io.evenkeel.gym.report;

import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.gym.judge.Result;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A line a result on the terminal, as soon as it is known. */
public final class Table {
  private static final String FORMAT = "%-24s %4s  %-6s %-26s %7s %6s %6s %5s  %8s %8s %8s %6s%n";

  private final PrintWriter out;

  /** Onto a terminal. */
  public Table(PrintWriter out) {
    this.out = out;
  }

  /** The heads of the columns. */
  public void head() {
    out.printf(
        FORMAT,
        "scenario",
        "seed",
        "",
        "alert",
        "delay",
        "back",
        "orders",
        "rolls",
        "control",
        "without",
        "healthy",
        "false");
    out.flush();
  }

  /** A result and what it misses. */
  public void line(Result result) {
    long applied =
        result.commands().stream().filter(order -> order.status() == AckStatus.APPLIED).count();
    out.printf(
        Locale.ROOT,
        FORMAT,
        result.scenario(),
        result.seed(),
        result.passed() ? "ok" : "MISSED",
        result.detectedBy() == null ? "-" : result.detectedBy(),
        number(result.delaySteps()),
        number(result.recoveredSteps()),
        applied,
        result.rollBacks(),
        loss(result.lossControlled()),
        loss(result.lossUncontrolled()),
        loss(result.lossHealthy()),
        result.falseAlarms());
    result.misses().forEach(miss -> out.printf("    %s%n", miss));
    out.flush();
  }

  private static String number(@Nullable Long value) {
    return value == null ? "-" : value.toString();
  }

  private static String loss(double nats) {
    return String.format(Locale.ROOT, "%.4f", nats);
  }
}

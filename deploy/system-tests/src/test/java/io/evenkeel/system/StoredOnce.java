package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What senders were told is accepted is stored, once. */
final class StoredOnce {
  private static final Duration DRAIN = Duration.ofMinutes(4);

  private StoredOnce() {}

  /** Waits until all that has been accepted is in the database, and looks at each identity. */
  static void check(Evenkeel evenkeel, List<LoadSender> senders) throws Exception {
    Map<String, Long> accepted =
        senders.stream()
            .collect(
                Collectors.groupingBy(
                    LoadSender::run, Collectors.summingLong(LoadSender::accepted)));
    for (var run : accepted.entrySet()) {
      evenkeel.awaitNumber(
          "select coalesce(sum(stored), 0) from ui_v1_telemetry_counts where run = '"
              + run.getKey()
              + "'",
          stored -> stored >= run.getValue(),
          DRAIN);
    }
    for (LoadSender sender : senders) {
      checkObservations(evenkeel, sender);
    }
    for (String run : accepted.keySet()) {
      checkSteps(evenkeel, senders, run);
    }
  }

  private static void checkObservations(Evenkeel evenkeel, LoadSender sender) throws Exception {
    // Each identity by itself, not only their number.
    String of =
        " from evenkeel_store.observation o join evenkeel_store.run r using (run_id) where r.run = '"
            + sender.run()
            + "' and o.rank = "
            + sender.rank();
    assertThat(evenkeel.number("select count(*)" + of))
        .as("%s", sender)
        .isEqualTo(sender.accepted());
    assertThat(evenkeel.number("select count(distinct (incarnation, step))" + of))
        .as("%s", sender)
        .isEqualTo(sender.accepted());
    assertThat(evenkeel.number("select max(step)" + of))
        .as("%s", sender)
        .isEqualTo(sender.accepted() - 1);
  }

  /** Signals of every step, each once. */
  private static void checkSteps(Evenkeel evenkeel, List<LoadSender> senders, String run)
      throws Exception {
    long steps =
        senders.stream()
            .filter(sender -> sender.run().equals(run))
            .mapToLong(LoadSender::accepted)
            .max()
            .orElseThrow();
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_run_steps where run = '" + run + "'",
        stored -> stored >= steps,
        DRAIN);
    assertThat(
            evenkeel.number(
                "select count(*) - count(distinct step) from ui_v1_run_steps where run = '"
                    + run
                    + "'"))
        .isZero();
    assertThat(evenkeel.number("select count(*) from ui_v1_run_steps where run = '" + run + "'"))
        .isEqualTo(steps);
    assertThat(
            evenkeel.number("select stored from ui_v1_telemetry_counts where run = '" + run + "'"))
        .isEqualTo(
            evenkeel.number(
                "select count(*) from evenkeel_store.observation join evenkeel_store.run using (run_id) where run = '"
                    + run
                    + "'"));
  }
}

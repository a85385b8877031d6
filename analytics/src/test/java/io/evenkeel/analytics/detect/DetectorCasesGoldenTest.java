package io.evenkeel.analytics.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder of src/test/resources/cases: in-signals.csv in, out-alerts.csv out. With
 * -Devenkeel.cases.write=FOLDER what came out is written there, to be reviewed and kept.
 */
class DetectorCasesGoldenTest {

  private static final Map<Path, List<AlertEvent>> PLAYED = new ConcurrentHashMap<>();
  private static final String HEADER = "rule,scope,state,severity,first_step,step";

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void shouldRaiseTheExpectedAlertsWhenCaseIsPlayed(String name) throws Exception {
    Path folder = root().resolve(name);

    List<String> lines = new ArrayList<>(List.of(HEADER));
    play(folder).forEach(event -> lines.add(line(event)));

    String write = System.getProperty("evenkeel.cases.write");
    if (write != null) {
      Files.write(Path.of(write, name, "out-alerts.csv"), lines);
    }
    assertThat(lines).isEqualTo(Files.readAllLines(folder.resolve("out-alerts.csv")));
  }

  @Test
  void shouldCoverEveryDetectorWhenAllCasesArePlayed() throws Exception {
    Set<String> fired = new TreeSet<>();
    for (String name : cases().toList()) {
      play(root().resolve(name)).stream()
          .filter(event -> event.state() == AlertState.FIRING)
          .forEach(event -> fired.add(event.rule()));
    }
    assertThat(fired)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(BuiltInRule.values())
                .filter(rule -> rule != BuiltInRule.TELEMETRY_STALLED)
                .map(BuiltInRule::id)
                .toList());
  }

  @Test
  void shouldUseEveryFileOfACase() throws Exception {
    for (String name : cases().toList()) {
      try (Stream<Path> files = Files.list(root().resolve(name))) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .as(name)
            .containsExactlyInAnyOrder("in-signals.csv", "out-alerts.csv");
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void shouldNeverPageWhenTheCaseIsHealthy(String name) throws Exception {
    boolean healthy =
        Stream.of("healthy", "fresh", "small-batch", "on-target", "bad-batch", "rounded", "tail")
            .anyMatch(name::contains);
    if (healthy) {
      assertThat(play(root().resolve(name)))
          .noneMatch(
              event ->
                  event.state() == AlertState.FIRING
                      && event.severity() != io.evenkeel.contract.alert.Severity.INFO);
    }
  }

  static Stream<String> cases() throws IOException, URISyntaxException {
    try (Stream<Path> folders = Files.list(root())) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  /** What comes of a case; each is played once for all tests. */
  private static List<AlertEvent> play(Path folder) throws IOException {
    List<AlertEvent> played = PLAYED.get(folder);
    if (played == null) {
      played = playNow(folder);
      PLAYED.put(folder, played);
    }
    return played;
  }

  private static List<AlertEvent> playNow(Path folder) throws IOException {
    MapScopeStates states = new MapScopeStates();
    List<AlertEvent> events = new ArrayList<>();
    for (StepSignals step : SignalTable.read(folder.resolve("in-signals.csv"))) {
      events.addAll(
          Detectors.judge(step, states, RuleBook.BUILT_IN, RunMoment.of(step, step.emitted())));
    }
    return events;
  }

  private static String line(AlertEvent event) {
    return String.join(
        ",",
        event.rule(),
        event.scope(),
        event.state().toString(),
        event.severity().toString(),
        Long.toString(event.firstStep()),
        Long.toString(event.step()));
  }

  private static Path root() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(DetectorCasesGoldenTest.class.getResource("/cases")).toURI());
  }
}

package io.evenkeel.bench.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.alert.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaseFoldersTest {
  private static final String ALERTS =
      """
      rule,scope,first_step,last_step,severity,until,demand
      non-finite,run,40,40,critical,45,must
      loss-spike|divergence,*,50,60,,,may
      """;

  @TempDir Path folder;

  @Test
  void shouldReadAndPlayWhenCasesAreFolders() throws Exception {
    write("one/in-telemetry.csv", log(40));
    write("one/out-alerts.csv", ALERTS);
    write("two/in/whatever.csv", log(1_000));
    write("two/out/alerts.csv", "rule,scope,first_step,last_step\n");

    List<DetectionCase> cases = CaseFolders.read(folder);

    assertThat(cases).extracting(DetectionCase::name).containsExactly("one", "two");
    assertThat(cases.get(0).expectations())
        .containsExactly(
            new Expectation(
                Set.of("non-finite"), "run", 40, 40, Severity.CRITICAL, 45, Demand.MUST),
            new Expectation(
                Set.of("loss-spike", "divergence"), "*", 50, 60, Severity.WARNING, 60, Demand.MAY));
    DetectionReport report = new CaseRun().of(cases);
    assertThat(report.recall()).isEqualTo(1);
    assertThat(report.medianDelay()).isZero();
    assertThat(report.falseFirings()).isZero();
    assertThat(report.healthySteps()).isEqualTo(2 * 100 - 6 - 11);
    assertThat(report.peers())
        .containsOnlyKeys("olmo-core-skip-step", "zclip", "llm-foundry-kill-loss-spike");
  }

  @Test
  void shouldReadPairsWhenInAndOutLieBesideEachOther() throws Exception {
    write("in-plain.csv", log(1_000));
    write("out-plain.csv", ALERTS);
    write("in-deep/telemetry.csv", log(1_000));
    write("out-deep/alerts.csv", ALERTS);
    assertThat(CaseFolders.read(folder))
        .extracting(DetectionCase::name)
        .containsExactly("deep", "plain");
  }

  @Test
  void shouldNameWhatIsWrongWhenACaseCannotBeRead() throws Exception {
    refused("holds no case");
    write("one/in-telemetry.csv", log(1));
    refused("has no out");
    write("one/out-alerts.csv", "rule,scope,first_step,last_step\nloss-spike,*,50,40\n");
    refused("first_step <= last_step");
    write("one/out-alerts.csv", "rule,first_step,last_step,severity\nloss-spike,1,2,loud\n");
    refused("LOUD");
  }

  private void refused(String because) {
    assertThatThrownBy(() -> CaseFolders.read(folder))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("EVK-BENCH-CASES")
        .hasMessageContaining(because);
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** A hundred calm losses, of which one is not a number. */
  private static String log(int nanAt) {
    StringBuilder log = new StringBuilder("step,metric,value\n");
    for (int step = 0; step < 100; step++) {
      log.append(step).append(",loss,").append(step == nanAt ? "nan" : 3 + step % 7 * 0.01);
      log.append('\n');
    }
    return log.toString();
  }
}

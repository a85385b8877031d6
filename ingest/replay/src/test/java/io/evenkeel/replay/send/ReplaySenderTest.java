package io.evenkeel.replay.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.memory.MemoryBroker;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.replay.LogFormat;
import io.evenkeel.replay.LogIdentity;
import io.evenkeel.replay.RunLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplaySenderTest {
  @TempDir Path dir;

  @Test
  void shouldDeclareWhereTheNewestIncarnationBeganWhenTheRunWasStartedAgain() throws Exception {
    StringBuilder csv = new StringBuilder("step,metric,value\n");
    for (int step = 0; step < 60; step++) {
      csv.append(step).append(",loss,").append(3 - step * 1e-3).append('\n');
    }
    for (int step = 40; step < 80; step++) {
      csv.append(step).append(",loss,").append(2.9 - step * 1e-3).append('\n');
    }
    Path file = Files.writeString(dir.resolve("again.csv"), csv);
    MemoryBroker broker = new MemoryBroker();
    BufferLimits limits = new BufferLimits(8L << 20, 1_000);
    ReplayedRun run = new ReplayedRun("again", LogIdentity.of(file), LogFormat.CSV);

    try (RunLog log = RunLog.open(file, dir, Clock.systemUTC());
        ReplaySender sender =
            new ReplaySender(
                broker.publisher(limits),
                limits,
                Pace.MAX,
                Clock.systemUTC(),
                Duration.ofSeconds(30),
                (count, step) -> {})) {
      assertThat(sender.send(log, run)).isEqualTo(new SendReport(100, 0, 0, 1, 79));
      sender.finish(run);
    }

    assertThat(broker.runs())
        .extracting(RunSpec::status, RunSpec::incarnation, RunSpec::firstStep)
        .containsExactly(
            tuple(RunStatus.RUNNING, 0, 0L),
            tuple(RunStatus.PAUSED, 1, 40L),
            tuple(RunStatus.FINISHED, 1, 40L));
  }
}

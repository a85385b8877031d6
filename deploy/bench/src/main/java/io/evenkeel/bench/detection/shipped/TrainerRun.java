package io.evenkeel.bench.detection.shipped;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.detection.DetectionCase;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A training run with faults, as described.
 *
 * @param name of the case, before its seed
 * @param why what it is to show
 * @param seeds of weights and data, one case each
 * @param steps of the run
 * @param ranks missing: 1
 * @param config as the trainer reads it, with a preset beneath and faults in it
 * @param expect missing: nothing may fire
 */
record TrainerRun(
    @JsonProperty("name") String name,
    @JsonProperty("why") String why,
    @JsonProperty("seeds") List<Long> seeds,
    @JsonProperty("steps") long steps,
    @JsonProperty("ranks") @Nullable Integer ranks,
    @JsonProperty("config") JsonNode config,
    @JsonProperty("expect") @Nullable List<Expected> expect) {

  List<DetectionCase> cases(long offset) throws BenchException {
    TrainerConfig base = read();
    List<DetectionCase> cases = new ArrayList<>();
    for (long described : seeds) {
      long seed = described + offset;
      TrainerConfig seeded = base.withTraining(training(base.training(), seed));
      cases.add(
          new DetectionCase(
              name + "-" + seed,
              new FaultyTraining(seeded, ranks == null ? 1 : ranks),
              expect == null
                  ? List.of()
                  : expect.stream().map(each -> each.of(steps - 1)).toList()));
    }
    return cases;
  }

  private TrainerConfig.Training training(TrainerConfig.Training training, long seed) {
    return new TrainerConfig.Training(
        steps,
        seed,
        training.progressEvery(),
        training.checkpointEvery(),
        training.probeEvery(),
        training.exactEvery(),
        0,
        training.leaseMillis());
  }

  /** Through a file, as the trainer reads its configuration. */
  private TrainerConfig read() throws BenchException {
    try {
      Path file = Files.createTempFile("evenkeel-case", ".yaml");
      try {
        Files.writeString(file, ShippedCases.yaml(config));
        return ConfigReader.read(file.toString());
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (ConfigException e) {
      throw new BenchException(ErrorId.BENCH_CASES, name + ": " + String.join(" ", e.lines()));
    } catch (IOException e) {
      throw new BenchException(ErrorId.BENCH_CASES, name + ": " + e);
    }
  }
}

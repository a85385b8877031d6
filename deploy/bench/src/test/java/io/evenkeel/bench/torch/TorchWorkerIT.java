package io.evenkeel.bench.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.trainer.TrainerUnderTest;
import io.evenkeel.bench.trainer.TrainerUnderTest.Signals;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Where PyTorch is installed: the worker trains what the trainer trains. */
final class TorchWorkerIT {
  private static Optional<TorchInstallation> installation() {
    try {
      return Optional.of(TorchInstallation.find(System.getenv()));
    } catch (BenchException e) {
      return Optional.empty();
    }
  }

  @Test
  void shouldHaveTheTrainersLossesWhenBothTrainTheSameBatches()
      throws ConfigException, IOException, BenchException {
    Optional<TorchInstallation> torch = installation();
    assumeTrue(torch.isPresent(), "PyTorch is not installed");
    TrainerConfig config = ConfigReader.read("tiny");
    TensorOps ops = CpuTensorOps.create(1);
    try (TrainerUnderTest trainer = new TrainerUnderTest(config, ops, 1);
        TorchJob job =
            TorchJob.write(
                config,
                trainer.state(),
                ops.memory(),
                LongStream.range(0, 4).mapToObj(trainer.batches()::batch).toList());
        TorchWorker worker =
            TorchWorker.start(torch.get(), torch.get().builds().getFirst(), job, 1)) {
      for (int step = 0; step < 4; step++) {
        trainer.step(Signals.OFF);
        TorchWorker.Step trained = worker.train(step, step, config.learningRate(step));
        assertThat(trained.loss()).isCloseTo(trainer.loss(), within(1e-5 * (1 + step)));
        assertThat(trained.seconds()).isPositive();
      }
    }
  }
}

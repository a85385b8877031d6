package io.evenkeel.bench.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.bench.trainer.TrainerUnderTest.Signals;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.tensor.Shape;
import org.junit.jupiter.api.Test;

final class OperationTimesTest {
  @Test
  void shouldTrainToTheSameBitsWhenOperationsAreTimed() throws ConfigException {
    TrainerConfig config = ConfigReader.read("tiny");
    OperationTimes times = new OperationTimes(CpuTensorOps.create(1));
    TensorOps plain = CpuTensorOps.create(1);
    try (TrainerUnderTest timed = new TrainerUnderTest(config, times, 1);
        TrainerUnderTest untimed = new TrainerUnderTest(config, plain, 1)) {
      for (int step = 0; step < 3; step++) {
        timed.step(Signals.ON);
        untimed.step(Signals.OFF);
      }
      assertThat(timed.loss()).isEqualTo(untimed.loss());
      for (Parameter parameter : timed.state().parameters()) {
        assertThat(times.memory().toArray(parameter.value()))
            .as(parameter.name())
            .isEqualTo(plain.memory().toArray(untimed.state().parameter(parameter.name()).value()));
      }
    }
    assertThat(times.totals().get("moe.route").calls()).isEqualTo(3L * config.model().layers());
    assertThat(times.totals().get("dense.linearForward").seconds()).isPositive();
  }

  @Test
  void shouldPassRefusalsOn() {
    OperationTimes times = new OperationTimes(CpuTensorOps.create(1));
    var x = times.memory().allocate(Shape.of(2, 3));
    var y = times.memory().allocate(Shape.of(3, 2));

    assertThatThrownBy(() -> times.dense().add(x, y, x))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

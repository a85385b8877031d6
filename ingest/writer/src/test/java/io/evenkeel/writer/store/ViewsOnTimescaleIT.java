package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.writer.TestDatabase;
import org.junit.jupiter.api.Test;

/** The views on TimescaleDB. */
class ViewsOnTimescaleIT extends ViewsContract {

  @Override
  TestDatabase open() throws Exception {
    return PgliteServer.start();
  }

  @Test
  void shouldKeepWhatGrowsWithTheStepsInHypertables() throws Exception {
    assertThat(
            database()
                .rows(
                    "select hypertable_name from timescaledb_information.hypertables"
                        + " where hypertable_schema = 'evenkeel_store' order by 1"))
        .containsExactly(
            "activation_step",
            "knob_step",
            "layer_step",
            "observation",
            "scalar_step",
            "step",
            "tensor_step");
    assertThat(
            Integer.parseInt(
                database()
                    .value(
                        "select count(*) from timescaledb_information.chunks"
                            + " where hypertable_name = 'layer_step'")))
        .isPositive();
  }

  @Test
  void shouldChangeNothingWhenMigratedAgain() throws Exception {
    String steps = database().value("select count(*) from evenkeel_store.layer_step");
    database().database().migrate();
    assertThat(database().value("select count(*) from evenkeel_store.layer_step")).isEqualTo(steps);
  }
}

package io.evenkeel.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.error.ErrorId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnalyticsConfigTest {

  private static final Map<String, String> LEAST = Map.of("EVENKEEL_KAFKA_BOOTSTRAP", "k:9092");

  @Test
  void shouldHaveDefaultsWhenOnlyKafkaIsNamed() {
    AnalyticsConfig config = AnalyticsConfig.of(LEAST);
    assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.slots()).isEqualTo(1);
    assertThat(config.data()).isAbsolute().endsWithRaw(Path.of(".evenkeel", "analytics"));
  }

  @Test
  void shouldPreferArgumentsToTheEnvironment() {
    AnalyticsConfig config =
        AnalyticsConfig.of(
            LEAST,
            new String[] {
              "EVENKEEL_KAFKA_BOOTSTRAP=a:1,b:2",
              "EVENKEEL_DATA=/d",
              "EVENKEEL_ANALYTICS_CHECKPOINT_MILLIS=500",
              "EVENKEEL_ANALYTICS_SLOTS=3"
            });
    assertThat(config)
        .isEqualTo(new AnalyticsConfig("a:1,b:2", Path.of("/d"), Duration.ofMillis(500), 3));
  }

  @Test
  void shouldTellAllProblemsTogether() {
    assertThatThrownBy(
            () ->
                AnalyticsConfig.of(
                    Map.of(
                        "EVENKEEL_ANALYTICS_CHECKPOINT_MILLIS", "1",
                        "EVENKEEL_ANALYTICS_SLOTS", "0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(ErrorId.CONFIG_INVALID.id())
        .hasMessageContaining("KAFKA_BOOTSTRAP")
        .hasMessageContaining("CHECKPOINT_MILLIS")
        .hasMessageContaining("SLOTS");
    assertThatThrownBy(() -> AnalyticsConfig.of(LEAST, new String[] {"--help"}))
        .hasMessageContaining(ErrorId.CONFIG_INVALID.id());
  }
}

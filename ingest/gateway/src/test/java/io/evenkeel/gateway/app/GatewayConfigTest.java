package io.evenkeel.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evenkeel.gateway.limit.Limits;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayConfigTest {

  @Test
  void shouldHaveDefaultsForEverything() {
    assertThat(GatewayConfig.of(Map.of()))
        .isEqualTo(
            new GatewayConfig(
                "localhost:9092",
                8090,
                "",
                Path.of(".evenkeel"),
                Path.of(".evenkeel/gateway/tokens.json"),
                Limits.STANDARD));
  }

  @Test
  void shouldTakeWhatItIsTold() {
    GatewayConfig config =
        GatewayConfig.of(
            Map.of(
                "EVENKEEL_KAFKA_BOOTSTRAP", "a:1,b:2",
                "EVENKEEL_GATEWAY_PORT", "0",
                "EVENKEEL_GATEWAY_ADDRESS", "127.0.0.1",
                "EVENKEEL_DATA", "/data",
                "EVENKEEL_GATEWAY_TOKENS", "/etc/tokens.json",
                "EVENKEEL_GATEWAY_RECORDS_PER_SECOND", "7",
                "EVENKEEL_GATEWAY_BYTES_PER_SECOND", "8"));

    assertThat(config)
        .isEqualTo(
            new GatewayConfig(
                "a:1,b:2",
                0,
                "127.0.0.1",
                Path.of("/data"),
                Path.of("/etc/tokens.json"),
                Limits.STANDARD.withRates(7, 8)));
  }

  @Test
  void shouldTellAllProblemsTogether() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GatewayConfig.of(
                    Map.of(
                        "EVENKEEL_KAFKA_BOOTSTRAP", "here",
                        "EVENKEEL_GATEWAY_PORT", "70000",
                        "EVENKEEL_GATEWAY_TOKENS", "\0",
                        "EVENKEEL_GATEWAY_RECORDS_PER_SECOND", "0",
                        "EVENKEEL_GATEWAY_BYTES_PER_SECOND", "much")))
        .withMessageContainingAll(
            "KAFKA_BOOTSTRAP", "PORT", "TOKENS", "RECORDS_PER_SECOND", "BYTES_PER_SECOND");
  }
}

package io.evenkeel.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trainer.model.MemoryPlan;
import io.evenkeel.trainer.model.ParameterPlan;
import org.junit.jupiter.api.Test;

final class PlanReportTest {
  private static PlanReport plan(String name) throws ConfigException {
    return new PlanReport(ConfigReader.read(name), 1, 1, MemoryPlan.Traits.device());
  }

  /** Published: 560B in all, 18.6B to 31.3B active, about 27B on average. */
  @Test
  void shouldMeetThePublishedCountsOfLongCatFlash() throws ConfigException {
    TrainerConfig config = ConfigReader.read("longcat-flash");
    PlanReport report = plan("longcat-flash");
    ParameterPlan parameters = report.parameters();

    assertThat((double) parameters.total()).isCloseTo(560e9, within(1e9));
    assertThat(parameters.activeLeast(config.model())).isBetween(18.6e9, 18.7e9);
    assertThat(parameters.activeMost(config.model())).isBetween(31.3e9, 31.4e9);
    assertThat(parameters.activeMean(config.model())).isCloseTo(27e9, within(0.2e9));
    assertThat(report.lines())
        .anyMatch(line -> line.startsWith("Parameters: total 560.6B"))
        .anyMatch(line -> line.startsWith("Active a token: 18.6B to 31.3B, 27.1B at K_e = 8"))
        .anyMatch(line -> line.contains("PFLOP"));
  }

  @Test
  void shouldSayWhyItCannotBeTrained() throws ConfigException {
    assertThat(plan("longcat-flash").obstacle(Long.MAX_VALUE, 1))
        .hasValueSatisfying(reason -> assertThat(reason).contains("latent attention"));
    PlanReport tiny = plan("tiny");
    assertThat(tiny.obstacle(tiny.memory().total(), 1)).isEmpty();
    assertThat(tiny.obstacle(tiny.memory().total(), 2))
        .hasValueSatisfying(reason -> assertThat(reason).contains("of memory"));
  }

  @Test
  void shouldRefuseATensorThatNoArrayCanHold() throws ConfigException {
    TrainerConfig large =
        ConfigReader.parseText(
            "preset: tiny\nmodel: {width: 6144, heads: 64, ffn_experts: 512, groups: 32, expert_hidden: 2048}");
    PlanReport report = new PlanReport(large, 1, 1, MemoryPlan.Traits.device());

    assertThat(report.obstacle(Long.MAX_VALUE, 1))
        .hasValueSatisfying(reason -> assertThat(reason).contains("6,442,450,944 elements"));
  }

  /** 6 operations a token and weight, and the causal scores. */
  @Test
  void shouldCountTheArithmeticOfAStep() throws ConfigException {
    TrainerConfig tiny = ConfigReader.read("tiny");
    double weights = 256 * 16 + 2 * (2 * 4 * 256 + 2 * 3 * 16 * 8 + 6 * 16 + 1.5 * 3 * 16 * 16);
    double scores = 2 * 2 * 6.0 * 17 * 16;

    assertThat(plan("tiny").flopsPerStep())
        .isCloseTo(tiny.tokens() * (6 * weights + scores), within(1.0));
  }

  @Test
  void shouldPlanASmallModelOfTensOfMillions() throws ConfigException {
    assertThat(plan("small").parameters().total()).isBetween(25_000_000L, 50_000_000L);
  }
}

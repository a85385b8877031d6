package io.evenkeel.analytics.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.analytics.OwnRules;
import io.evenkeel.analytics.detect.UserRule;
import io.evenkeel.analytics.detect.UserRuleFailure;
import io.evenkeel.contract.signal.StepSignals;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What expressions make of a step. */
class CompiledRuleTest {

  private final RuleCompiler compiler = new RuleCompiler(() -> 0);
  private final StepSignals step = StepSignalsSample.of(1.5, 0.5, 3.0, Double.NaN);

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '`',
      value = {
        "step == 42 && run == 'r'                       @ 1",
        "step % 10                                      @ 2",
        "loss > 2 && loss < 3 && loss == loss_lm        @ 1",
        "loss * 2 + 1 - 1 / loss                        @ 5.6",
        "2 * loss == 5                                  @ 1",
        "loss != 3                                      @ 1",
        "gradient_norm                                  @ 1.5",
        "layers.exists(l, l.max_vio > 2.0)              @ 1",
        "layers.filter(l, has(l.max_violation)).all(l, l.max_violation < 4) @ 1",
        "max(layers.filter(l, has(l.max_violation)).map(l, l.max_violation)) @ 3",
        "mean(layers.map(l, l.dead_experts / l.ffn_experts)) @ 0.5",
        "layers[1].dead_experts > 0                     @ 1",
        "size(layers)                                   @ 3",
        "sum([1.0, 2.0, 3.0]) + min([4.0, 5.0])         @ 10",
        "abs(-2) + sqrt(16.0) + ln(1)                   @ 6",
        "activations.exists(a, a.site == 'layer_out' && a.max_abs > 10) @ 1",
        "tensors.exists(t, t.name.startsWith('layers.') && t.below_epsilon_share == 1) @ 1",
        "knobs['load_balance.alpha'] * 1000.0           @ 1",
        "knobs['expert_bias.mu/layers/1']               @ 0.02",
        "scalars.accuracy                               @ 0.5",
        "tokens_per_second                              @ 4000",
        "has(scalars.accuracy) && !has(scalars.f1) && 'accuracy' in scalars @ 1",
        "has(loss) && !has(loss_lb) && !has(loss_z) && has(layers[0].gradient_norm_ratio) @ 1",
        "!has(layers[1].gradient_norm_ratio)            @ 1",
        "loss > 2 || loss_lb > 1                        @ 1",
        "loss > 3 && loss_lb > 1                        @ 0",
        "has(loss_lb) ? loss_lb : -1.0                  @ -1",
        "1.0 / 0.0                                      @ 1.7976931348623157e308",
      })
  void shouldGiveItsValueWhenAllThatMattersWasMeasured(String expression, double value)
      throws Exception {
    assertThat(value(expression, step)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "loss_lb > 1",
        "loss_z > 1",
        "loss > 3 || loss_lb > 1",
        "loss + loss_lb",
        "loss_spike_score > 6",
        "logit_gradient_ratio_max < 1",
        "scalars.f1 > 0.5",
        "scalars['broken'] > 0.5",
        "knobs['no.such'] > 0",
        "layers[7].max_violation > 1",
        "layers.exists(l, l.max_violation > 5)",
        "layers.all(l, l.max_violation < 5)",
        "max(layers.map(l, l.max_violation))",
        "max(layers.filter(l, l.layer > 5).map(l, l.layer * 1.0))",
        "mean(layers.filter(l, false).map(l, l.router_z))",
        "sqrt(-1)",
        "loss_lb > 1 ? true : false",
      })
  void shouldNotJudgeWhenWhatMattersWasNotMeasured(String expression) throws Exception {
    assertThat(value(expression, step)).isNaN();
  }

  @Test
  void shouldLookAtEachLayerWhenTheExpressionSpeaksOfOne() throws Exception {
    CompiledRule rule =
        compiler.compile(OwnRules.of("mine", "layer.max_violation", 2.5, 2.0, 1, 1));
    assertThat(rule.perLayer()).isTrue();
    assertThat(rule.evaluate(step).findings())
        .containsExactly(
            new UserRule.Finding("layers/0", 0.5),
            new UserRule.Finding("layers/1", 3.0),
            new UserRule.Finding("layers/2", Double.NaN));
    assertThat(rule.summary("layer 1", 3.0, 2.5))
        .isEqualTo("layer.max_violation (layer 1): 3.000 (limit 2.500)");
    // A dense model has none.
    assertThat(rule.evaluate(StepSignalsSample.of(null)).findings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "step / (step - step) > 1",
        "step % 0 == 1",
        "9223372036854775807 + step > 0",
        "int(1e300) > 0",
      })
  void shouldFailWithAReasonWhenTheRuleIsToBlame(String expression) throws Exception {
    CompiledRule rule = compiler.compile(OwnRules.of("mine", expression));
    assertThatThrownBy(() -> rule.evaluate(step)).isInstanceOf(UserRuleFailure.class);
  }

  @Test
  void shouldFailWhenItsLoopsTurnTooOften() throws Exception {
    double[] many = new double[200];
    Arrays.fill(many, 1);
    StepSignals wide = StepSignalsSample.of(1.0, many);
    CompiledRule rule =
        compiler.compile(
            OwnRules.of("mine", "layers.all(a, layers.all(b, a.max_vio == b.max_vio))"));
    assertThatThrownBy(() -> rule.evaluate(wide)).hasMessageContaining("20000 turns");
    assertThat(rule.evaluate(step).findings()).hasSize(1);
  }

  @Test
  void shouldSayThatItIsSlowWhenTheClockDoes() throws Exception {
    AtomicLong nanos = new AtomicLong();
    CompiledRule slow =
        new RuleCompiler(() -> nanos.addAndGet(60_000_000L))
            .compile(OwnRules.of("mine", "loss > 3"));
    assertThat(slow.evaluate(step).pace()).isEqualTo(UserRule.Pace.SLOW);
    // It does not take its time over every layer.
    CompiledRule slower =
        new RuleCompiler(() -> nanos.addAndGet(2_000_000_000L))
            .compile(OwnRules.of("mine", "layer.max_vio > 3"));
    assertThat(slower.evaluate(step).pace()).isEqualTo(UserRule.Pace.SLOW);
    assertThat(slower.evaluate(step).findings()).hasSize(1);
  }

  private double value(String expression, StepSignals signals) throws Exception {
    return compiler
        .compile(OwnRules.of("mine", expression, 1, 0, 1, 1))
        .evaluate(signals)
        .findings()
        .get(0)
        .value();
  }
}

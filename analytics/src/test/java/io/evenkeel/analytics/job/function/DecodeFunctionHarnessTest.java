package io.evenkeel.analytics.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.OwnRules;
import io.evenkeel.analytics.job.state.RawRecord;
import io.evenkeel.analytics.job.state.RuleChange;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.wire.Codecs;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

class DecodeFunctionHarnessTest {

  private static final byte[] KEY = {'k'};

  @Test
  void shouldPutARuleAsideWithItsErrorsWhenItDoesNotCompile() throws Exception {
    try (OneInputStreamOperatorTestHarness<RawRecord, RuleChange> harness =
        ProcessFunctionTestHarnesses.forProcessFunction(DecodeFunction.rules())) {
      AlertRule good = OwnRules.of("mine", "loss > 3");
      harness.processElement(
          new RawRecord("t", 0, 1, KEY, Codecs.ALERT_RULE.encode(OwnRules.of("mine", "los > 3"))),
          0);
      harness.processElement(
          new RawRecord("t", 0, 2, KEY, Codecs.ALERT_RULE.encode(OwnRules.of("unknown", ""))), 0);
      harness.processElement(new RawRecord("t", 0, 3, KEY, Codecs.ALERT_RULE.encode(good)), 0);
      harness.processElement(new RawRecord("t", 0, 4, KEY, null), 0);

      assertThat(harness.extractOutputValues())
          .containsExactly(new RuleChange("k", good), new RuleChange("k", null));
      assertThat(harness.getSideOutput(DeadLetters.TAG))
          .extracting(StreamRecord::getValue)
          .allMatch(letter -> letter.errorId().equals("EVK-RULE-INVALID"))
          .extracting(DeadLetter::message)
          .containsExactly(
              "EVK-RULE-INVALID: rule 'mine': expression (1:1): there is no variable or function"
                  + " 'los'; did you mean 'loss'?",
              "EVK-RULE-INVALID: rule 'unknown': rule: 'unknown' is not built in, and there is no"
                  + " expression");
    }
  }
}

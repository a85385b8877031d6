package io.evenkeel.ui.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.rule.BuiltInRule;
import org.junit.jupiter.api.Test;

class RunbooksTest {

  @Test
  void shouldHaveAPageOfEveryBuiltInRuleWhoseLinksLeadSomewhere() {
    var runbooks = new Runbooks();
    for (BuiltInRule rule : BuiltInRule.values()) {
      assertThat(runbooks.page(rule.id()))
          .as(rule.id())
          .hasValueSatisfying(
              text -> assertThat(text).contains("## What to do").doesNotContain(".md)"));
    }
    assertThat(Runbooks.path("loss-spike")).hasValue("runbooks/loss-spike");
    assertThat(runbooks.list()).contains("](runbooks/loss-spike)").doesNotContain(".md)");
    assertThat(runbooks.page("loss-spike").orElseThrow()).contains("](runbooks/data-shift)");
  }

  @Test
  void shouldHaveNoneOfAnyOtherNameWhateverItHolds() {
    var runbooks = new Runbooks();
    assertThat(runbooks.page("own-rule")).isEmpty();
    assertThat(runbooks.page("README")).isEmpty();
    assertThat(Runbooks.path("own-rule")).isEmpty();
    assertThat(runbooks.page("../application.properties")).isEmpty();
  }
}

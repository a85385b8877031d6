package io.evenkeel.alerting.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {

  private static final Timing FAST =
      new Timing(Duration.ZERO, Duration.ofSeconds(10), Optional.empty());

  private static SortedMap<String, String> alert(String run, String rule, String severity) {
    return new TreeMap<>(Map.of("run", run, "rule", rule, "severity", severity, "scope", "run"));
  }

  private static Route route(
      String receiver, String matcher, Route.After after, Route... children) {
    return new Route(
        receiver,
        matcher.isEmpty() ? List.of() : List.of(LabelMatcher.parse(matcher)),
        Route.DEFAULT_GROUP_BY,
        FAST,
        after,
        List.of(children));
  }

  private static List<String> receivers(Route root, SortedMap<String, String> alert) {
    return root.targets(alert).stream().map(Route.Target::receiver).toList();
  }

  @Test
  void shouldTakeTheDeepestFirstMatchAndElseTheParent() {
    Route root =
        route(
            "team",
            "",
            Route.After.STOP,
            route(
                "pager",
                "severity=\"critical\"",
                Route.After.STOP,
                route("night", "run=~\"night-.*\"", Route.After.STOP)),
            route("never", "severity=\"critical\"", Route.After.STOP));
    assertThat(receivers(root, alert("a", "x", "warning"))).containsExactly("team");
    assertThat(receivers(root, alert("a", "x", "critical"))).containsExactly("pager");
    assertThat(receivers(root, alert("night-1", "x", "critical"))).containsExactly("night");
  }

  @Test
  void shouldGoOnToSiblingsWhenToldToAndTellNobodyTwice() {
    Route root =
        route(
            "team",
            "",
            Route.After.STOP,
            route("log", "", Route.After.CONTINUE),
            route("pager", "severity=\"critical\"", Route.After.CONTINUE),
            route("log", "rule=\"x\"", Route.After.STOP));
    assertThat(receivers(root, alert("a", "x", "critical"))).containsExactly("log", "pager");
    assertThat(receivers(root, alert("a", "y", "info"))).containsExactly("log");
  }

  @Test
  void shouldGroupByRunAndRuleOrByEverything() {
    Route root = route("team", "", Route.After.STOP);
    String key = root.targets(alert("a", "x", "info")).getFirst().key();
    assertThat(key).isEqualTo("{}:{rule=\"x\", run=\"a\"}");
    assertThat(root.targets(alert("a", "x", "critical")).getFirst().key()).isEqualTo(key);
    assertThat(root.targets(alert("b", "x", "info")).getFirst().key()).isNotEqualTo(key);
    Route each =
        new Route("team", List.of(), List.of(Route.EACH), Timing.EACH, Route.After.STOP, List.of());
    assertThat(each.targets(alert("a", "x", "critical")).getFirst().labels())
        .containsEntry("severity", "critical");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "'rule=\"x\"' | true",
        "'rule = x' | true",
        "'rule!=\"x\"' | false",
        "'rule=~\"x|y\"' | true",
        "'rule=~\"\"' | false",
        "'rule=~\".\"' | true",
        "'run=~\"un\"' | false",
        "'rule!~\"y.*\"' | true",
        "'absent=\"\"' | true",
        "'absent!=\"\"' | false"
      })
  void shouldMatchAsAlertmanagerDoes(String matcher, boolean expected) {
    SortedMap<String, String> alert = alert("run", "x", "info");
    assertThat(LabelMatcher.parse(matcher).matches(alert)).isEqualTo(expected);
    assertThat(LabelMatcher.parse(LabelMatcher.parse(matcher).toString()).matches(alert))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "rule", "=x", "rule==", "rule=~\"(\"", "rule=\"x", "rule=x\"y"})
  void shouldRefuseWhatIsNoMatcher(String matcher) {
    assertThatThrownBy(() -> LabelMatcher.parse(matcher))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'");
  }

  @Test
  void shouldAnswerAtOnceWhenAnExpressionIsNested() {
    // An engine that goes back over what it has read would not come to an end here.
    LabelMatcher nested = LabelMatcher.parse("rule=~\"(a+)+\"");
    assertThat(nested.matches(Map.of("rule", "a".repeat(5_000) + "b"))).isFalse();
  }

  @Test
  void shouldSilenceSpikesWhileNonFiniteFiresInTheSameRun() {
    Inhibition inhibition = new Inhibition(InhibitRule.DEFAULT);
    assertThat(inhibition.mutes(alert("a", "loss-spike", "critical"))).isEmpty();
    inhibition.fires(alert("a", "non-finite", "critical"));
    assertThat(inhibition.mutes(alert("a", "loss-spike", "critical"))).isPresent();
    assertThat(inhibition.mutes(alert("a", "gradient-norm-spike", "info"))).isPresent();
    assertThat(inhibition.mutes(alert("a", "divergence", "critical"))).isEmpty();
    assertThat(inhibition.mutes(alert("b", "loss-spike", "critical"))).isEmpty();
    assertThat(inhibition.mutes(alert("a", "non-finite", "critical"))).isEmpty();
  }

  @Test
  void shouldSilenceLayersWhileTheRunFiresTheSameRule() {
    Inhibition inhibition = new Inhibition(InhibitRule.DEFAULT);
    inhibition.fires(alert("a", "gradient-norm-ratio", "warning"));
    SortedMap<String, String> layer = alert("a", "gradient-norm-ratio", "critical");
    layer.put("scope", "layers/3");
    assertThat(inhibition.mutes(layer)).isPresent();
    layer.put("rule", "load-imbalance");
    assertThat(inhibition.mutes(layer)).isEmpty();
  }
}

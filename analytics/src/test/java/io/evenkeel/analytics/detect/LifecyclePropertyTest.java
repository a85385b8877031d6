package io.evenkeel.analytics.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.testing.SeededCases;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever the values: at most one incident is open, and each that fires is resolved once. */
class LifecyclePropertyTest {

  @Test
  void shouldFireOnceAndResolveOncePerIncidentWhateverTheValues() {
    SeededCases.forEach(
        200,
        random -> {
          int ofSteps = random.nextInt(1, 8);
          RuleSettings settings =
              RuleSettings.builtIn(
                  0.5,
                  random.nextInt(1, 4),
                  Level.of(Severity.WARNING, 1, random.nextInt(1, ofSteps + 1), ofSteps),
                  Level.of(Severity.CRITICAL, 2, random.nextInt(1, ofSteps + 1), ofSteps));
          Lifecycle lifecycle = Lifecycle.INACTIVE;
          Map<Long, AlertState> last = new HashMap<>();
          Map<Long, Integer> fired = new HashMap<>();
          for (long step = 0; step < 500; step++) {
            double value = random.nextInt(20) == 0 ? Double.NaN : random.nextDouble(0, 2.5);
            Lifecycle.Advance advance =
                random.nextInt(100) == 0
                    ? lifecycle.close(step, Reason.SUPERSEDED, settings)
                    : lifecycle.advance(step, Judgement.of(Memory.EMPTY, value), settings);
            for (Lifecycle.Change change : advance.changes()) {
              AlertState before = last.put(change.firstStep(), change.state());
              assertThat(before).isNotEqualTo(AlertState.RESOLVED);
              switch (change.state()) {
                case PENDING -> assertThat(before).isNull();
                case FIRING -> fired.merge(change.firstStep(), 1, Integer::sum);
                case RESOLVED -> assertThat(before).isNotNull();
              }
            }
            lifecycle = advance.next();
            long open = last.values().stream().filter(s -> s != AlertState.RESOLVED).count();
            assertThat(open).isEqualTo(lifecycle.open() ? 1 : 0);
          }
          assertThat(fired.values()).allMatch(count -> count == 1);
        });
  }

  @Test
  void shouldBeResolvedAndReplacedWhenAnIncidentGetsGraver() {
    RuleSettings settings =
        RuleSettings.builtIn(
            0.5, 2, Level.of(Severity.WARNING, 1, 1, 1), Level.of(Severity.CRITICAL, 2, 1, 1));
    Lifecycle firing =
        Lifecycle.INACTIVE.advance(7, Judgement.of(Memory.EMPTY, 1.5), settings).next();

    Lifecycle.Advance graver = firing.advance(9, Judgement.of(Memory.EMPTY, 3), settings);

    assertThat(graver.changes())
        .extracting(
            Lifecycle.Change::state, Lifecycle.Change::severity, Lifecycle.Change::firstStep)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(AlertState.RESOLVED, Severity.WARNING, 7L),
            org.assertj.core.groups.Tuple.tuple(AlertState.FIRING, Severity.CRITICAL, 9L));
  }
}

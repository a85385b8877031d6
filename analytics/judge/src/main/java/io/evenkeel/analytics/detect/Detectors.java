package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All detectors that judge a step. Stateless; the state of a run is handed in. */
public final class Detectors {

  private static final List<Detector> ALL =
      List.of(
          new GradientNormRatioDetector(),
          new EpsilonOverRmsDetector(),
          new RouterSimilarityDetector(),
          new RouterUninformativeDetector(),
          new LoadImbalanceDetector(),
          new DeadExpertDetector(),
          new FfnExpertsOffTargetDetector(),
          new ActivationMagnitudeDetector(),
          new LossSpikeDetector(),
          new GradientNormSpikeDetector(),
          new NonFiniteDetector(),
          new LogitGradientRatioDetector(),
          new GradientNormRatioForecastDetector(),
          new RouterLogitGrowthDetector(),
          new ExpertSimilarityDetector(),
          new BiasHuntingDetector(),
          new DivergenceDetector(),
          new DataShiftDetector(),
          new PlateauDetector(),
          new VanishingGradientDetector(),
          new SlowStepDetector(),
          new StepTimeRegressionDetector(),
          new StragglerRankDetector(),
          new MissingRankDetector());

  /** Scopes of a run that are judged, over all rules. */
  static final int MAX_SCOPES = 16_384;

  /** Not a rule: under this key the scopes are counted. */
  private static final ScopeKey SCOPES = new ScopeKey("", "scopes");

  private static final Map<String, Detector> BY_RULE = new HashMap<>();

  /** Of {@link #ALL}, in its order: made once, not for each step. */
  private static final List<RuleSettings> DEFAULTS = ALL.stream().map(Detector::defaults).toList();

  static {
    ALL.forEach(detector -> BY_RULE.put(detector.rule().id(), detector));
  }

  private Detectors() {}

  /** The detectors, in a fixed order. */
  static List<Detector> all() {
    return ALL;
  }

  /** The built-in settings of a rule. */
  public static RuleSettings defaults(BuiltInRule rule) {
    Detector detector = BY_RULE.get(rule.id());
    return detector == null ? StallDetector.DEFAULTS : detector.defaults();
  }

  /**
   * Judges a step: every detector over every scope.
   *
   * @param signals the step; steps come in ascending order within an incarnation
   * @param states the run's states, updated
   * @param rules settings in force
   * @param moment when
   * @return events in the order of the detectors
   */
  public static List<AlertEvent> judge(
      StepSignals signals, ScopeStates states, RuleBook rules, RunMoment moment) {
    List<AlertEvent> events = new ArrayList<>();
    for (int i = 0; i < ALL.size(); i++) {
      Detector detector = ALL.get(i);
      RuleSettings settings = rules.settings(detector.rule(), moment.run(), DEFAULTS.get(i));
      for (Observation observation : detector.observe(signals)) {
        ScopeKey key = new ScopeKey(detector.rule().id(), observation.scope());
        ScopeState state = states.get(key);
        if (state.equals(ScopeState.EMPTY) && !hasRoom(states)) {
          continue;
        }
        Judgement judgement = judged(detector, state.memory(), observation);
        Lifecycle.Advance advance =
            settings.state() == RuleState.ENABLED
                ? state.lifecycle().advance(moment.step(), judgement, settings)
                : state.lifecycle().close(moment.step(), Reason.RULE_DISABLED, settings);
        put(states, key, state, new ScopeState(judgement.next(), advance.next()));
        add(events, detector, key, advance, judgement.next(), settings, moment);
      }
    }
    return events;
  }

  /** Figures so large that the memory of them would overflow are left out, as NaN is. */
  private static Judgement judged(Detector detector, Memory memory, Observation observation) {
    if (!observation.finite()) {
      return Judgement.notYet(memory);
    }
    Judgement judgement = detector.judge(memory, observation);
    return judgement.next().sound() ? judgement : Judgement.notYet(memory);
  }

  /** Names that change from step to step must not fill the state. */
  private static boolean hasRoom(ScopeStates states) {
    return states.get(SCOPES).memory().observations() < MAX_SCOPES;
  }

  private static void put(ScopeStates states, ScopeKey key, ScopeState before, ScopeState after) {
    if (after.equals(ScopeState.EMPTY)) {
      return;
    }
    if (before.equals(ScopeState.EMPTY)) {
      Memory counted = states.get(SCOPES).memory().next();
      states.put(SCOPES, new ScopeState(counted, Lifecycle.INACTIVE));
    }
    states.put(key, after);
  }

  /**
   * Resolves all open incidents of a run and forgets its states.
   *
   * @param reason why: the run was restarted, has ended, or fell silent
   */
  public static List<AlertEvent> closeAll(
      ScopeStates states, RuleBook rules, Reason reason, RunMoment moment) {
    List<AlertEvent> events = new ArrayList<>();
    Map<String, UserRule> userRules = new HashMap<>();
    rules.userRules(moment.run()).forEach(rule -> userRules.put(rule.id(), rule));
    for (ScopeKey key : states.keys()) {
      Detector detector = BY_RULE.get(key.rule());
      if (detector != null) {
        RuleSettings settings = rules.settings(detector.rule(), moment.run(), detector.defaults());
        ScopeState state = states.get(key);
        Lifecycle.Advance advance = state.lifecycle().close(moment.step(), reason, settings);
        add(events, detector, key, advance, state.memory(), settings, moment);
      } else if (!key.equals(SCOPES)) {
        events.addAll(UserRules.close(key, userRules.get(key.rule()), states, reason, moment));
      }
    }
    states.clear();
    return events;
  }

  private static void add(
      List<AlertEvent> events,
      Detector detector,
      ScopeKey key,
      Lifecycle.Advance advance,
      Memory memory,
      RuleSettings settings,
      RunMoment moment) {
    for (Lifecycle.Change change : advance.changes()) {
      events.add(
          AlertEvents.of(
              moment,
              key,
              change,
              settings.labels(),
              detector.summary(
                  AlertEvents.inWords(key.scope()), change.value(), change.threshold(), memory)));
    }
  }
}

package io.evenkeel.gym.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.rule.ControllerRule;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.fault.FaultException;
import io.evenkeel.trainer.fault.FaultPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads scenarios; tells all that is wrong with one at once. */
public final class ScenarioReader {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final Set<String> RULES =
      Stream.concat(
              Arrays.stream(BuiltInRule.values()).map(BuiltInRule::id),
              Arrays.stream(ControllerRule.values()).map(ControllerRule::id))
          .collect(Collectors.toSet());
  private static final Set<String> SEVERITIES = Set.of("info", "warning", "critical");
  private static final long MOST_STEPS = 1_000_000;
  private static final int MOST_RANKS = 64;

  private ScenarioReader() {}

  /** The file, field by field. */
  private record Draft(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("why") @Nullable String why,
      @JsonProperty("steps") @Nullable Long steps,
      @JsonProperty("ranks") @Nullable Integer ranks,
      @JsonProperty("config") @Nullable JsonNode config,
      @JsonProperty("faults") @Nullable JsonNode faults,
      @JsonProperty("onset") @Nullable Long onset,
      @JsonProperty("until") @Nullable Long until,
      @JsonProperty("controller") @Nullable Outage outage,
      @JsonProperty("expect") @Nullable Expected expect) {}

  /**
   * Reads the text of a scenario.
   *
   * @param source for messages, such as the file's name
   * @throws ScenarioException naming every problem
   */
  public static Scenario read(String source, String yaml) throws ScenarioException {
    Draft draft;
    try {
      draft = YAML.readValue(yaml, Draft.class);
    } catch (JacksonException e) {
      throw new ScenarioException(source, List.of("not a scenario: " + e.getOriginalMessage()));
    }
    if (draft == null) {
      throw new ScenarioException(source, List.of("it is empty"));
    }
    return new Check(source, draft).scenario();
  }

  /** One draft and its problems. */
  private static final class Check {
    private final String source;
    private final Draft draft;
    private final List<String> problems = new ArrayList<>();

    Check(String source, Draft draft) {
      this.source = source;
      this.draft = draft;
    }

    Scenario scenario() throws ScenarioException {
      String name = draft.name() == null ? "" : draft.name();
      require(name.matches("[a-z0-9][a-z0-9.-]{0,63}"), "name must be of a-z, 0-9, . and -");
      require(draft.why() != null && !draft.why().isBlank(), "why is missing");
      long steps = draft.steps() == null ? 0 : draft.steps();
      require(steps >= 1 && steps <= MOST_STEPS, "steps must be 1 to " + MOST_STEPS);
      int ranks = draft.ranks() == null ? 1 : draft.ranks();
      require(ranks >= 1 && ranks <= MOST_RANKS, "ranks must be 1 to " + MOST_RANKS);
      @Nullable TrainerConfig config = config(steps);
      FaultPlan faults = config == null ? FaultPlan.none() : faults(config, ranks);
      boolean healthy = draft.faults() == null;
      require(
          healthy == (draft.onset() == null),
          "onset and faults belong together: give both or none");
      long onset = draft.onset() == null ? Math.max(0, steps - 1) : draft.onset();
      require(onset >= 0 && onset < Math.max(1, steps), "onset must be a step of the run");
      long until = draft.until() == null ? steps : draft.until();
      require(until >= onset, "until must not be before onset");
      Outage outage = draft.outage() == null ? Outage.NONE : draft.outage();
      require(
          outage.equals(Outage.NONE)
              || outage.killed() >= 0 && outage.away() >= 1 && outage.killed() < steps,
          "controller must be killed at a step of the run, and be away for 1 step or more");
      Expected expected =
          draft.expect() == null
              ? new Expected(null, null, null, null, null, null, null, null, null)
              : draft.expect();
      expectations(expected, healthy);
      if (!problems.isEmpty() || config == null || draft.why() == null) {
        throw new ScenarioException(source, problems);
      }
      return new Scenario(name, draft.why(), config, faults, ranks, onset, until, outage, expected);
    }

    private @Nullable TrainerConfig config(long steps) {
      if (!(draft.config() instanceof ObjectNode config)) {
        problems.add("config is missing: the trainer's configuration, such as {preset: tiny}");
        return null;
      }
      try {
        ObjectNode training = config.withObjectProperty("training");
        training.put("steps", Math.max(1, steps));
        return ConfigReader.parseText(YAML.writeValueAsString(config));
      } catch (ConfigException e) {
        e.problems().forEach(problem -> problems.add("config: " + problem));
      } catch (JacksonException e) {
        problems.add("config: " + e.getOriginalMessage());
      }
      return null;
    }

    private FaultPlan faults(TrainerConfig config, int ranks) {
      if (draft.faults() == null) {
        return FaultPlan.none();
      }
      try {
        ObjectNode document = YAML.createObjectNode();
        document.set("faults", draft.faults());
        FaultPlan plan =
            ConfigReader.parseFaults(YAML.writeValueAsString(document), config.model());
        plan.requireRanks(ranks);
        require(!plan.faults().isEmpty(), "faults is an empty list");
        return plan;
      } catch (ConfigException e) {
        problems.addAll(e.problems());
      } catch (FaultException e) {
        problems.add("faults: " + e.getMessage());
      } catch (JacksonException e) {
        problems.add("faults: " + e.getOriginalMessage());
      }
      return FaultPlan.none();
    }

    private void expectations(Expected expected, boolean healthy) {
      for (ExpectedAlert alert : expected.mustFire()) {
        require(!alert.rules().isEmpty(), "expect.alerts: rules is missing");
        for (String rule : alert.rules()) {
          require(RULES.contains(rule), "expect.alerts: there is no rule " + rule);
        }
        require(
            alert.severity() == null
                || SEVERITIES.contains(alert.severity().toLowerCase(Locale.ROOT)),
            "expect.alerts: severity must be info, warning or critical, not " + alert.severity());
        require(alert.within() >= 0, "expect.alerts: within must not be negative");
      }
      require(
          !healthy || expected.mustFire().isEmpty(), "expect.alerts: nothing can fire by itself");
      expected.mayFire().forEach(may -> foreseen(may, healthy));
      Band band = expected.recovered();
      require(
          band == null || band.signal() != null && band.limit() >= 0 && band.within() >= 1,
          "expect.recovered needs signal, limit >= 0 and within >= 1");
    }

    private void foreseen(Foreseen may, boolean healthy) {
      require(!healthy, "expect.may: of a healthy run no alarm is foreseen");
      require(!may.rules().isEmpty(), "expect.may: rules is missing");
      for (String rule : may.rules()) {
        require(RULES.contains(rule), "expect.may: there is no rule " + rule);
      }
      require(
          may.from() >= 0 && may.until() >= may.from(),
          "expect.may: from and until must be steps in this order");
      require(!may.why().isBlank(), "expect.may: why is missing");
      require(
          may.holds() != null && may.holds().signal() != null && may.holds().limit() >= 0,
          "expect.may: while needs signal and above >= 0");
      require(
          may.holds() == null || may.holds().signal() != BandSignal.LOSS_GAP,
          "expect.may: loss_gap says nothing of a configuration");
    }

    private void require(boolean holds, String problem) {
      if (!holds) {
        problems.add(problem);
      }
    }
  }
}

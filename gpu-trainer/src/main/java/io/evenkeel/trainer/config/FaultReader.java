package io.evenkeel.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.fault.Course;
import io.evenkeel.trainer.fault.DataFault;
import io.evenkeel.trainer.fault.Fault;
import io.evenkeel.trainer.fault.FaultException;
import io.evenkeel.trainer.fault.FaultKnob;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.fault.GradientFault;
import io.evenkeel.trainer.fault.InitialFault;
import io.evenkeel.trainer.fault.KnobFault;
import io.evenkeel.trainer.fault.ProcessFault;
import io.evenkeel.trainer.fault.StateFault;
import io.evenkeel.trainer.fault.StepRange;
import io.evenkeel.trainer.model.ModelConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code faults:}, a list of mappings, each with its {@code kind}. */
final class FaultReader {
  private static final Map<String, Function<Section, Fault>> KINDS = kinds();
  private static final int MANY = 1_000_000;
  private static final double ANY = Double.MAX_VALUE;

  private FaultReader() {}

  private static Map<String, Function<Section, Fault>> kinds() {
    Map<String, Function<Section, Fault>> kinds = new LinkedHashMap<>();
    kinds.put("knob", FaultReader::knob);
    kinds.put("noise_batch", s -> new DataFault.NoiseBatch(range(s)));
    kinds.put("data_mix", s -> new DataFault.ShiftedMix(s.numbers("weights"), range(s)));
    kinds.put(
        "gradient",
        s ->
            new GradientFault(
                s.text("tensor"),
                s.integer("element", 0, Integer.MAX_VALUE, 0),
                nonNumber(s.text("value")),
                range(s)));
    kinds.put(
        "cloned_router_rows",
        s ->
            new StateFault.ClonedRouterRows(
                s.small("layer", 0, MANY, StateFault.ALL_LAYERS),
                s.number("difference", 0, 1, 0.05),
                range(s)));
    kinds.put(
        "expert_bias",
        s ->
            new StateFault.ExpertBias(
                s.small("layer", 0, MANY),
                s.small("expert", 0, MANY),
                s.number("value", -ANY, ANY, -1),
                range(s)));
    kinds.put("router_init", s -> new InitialFault.RouterScale(s.number("factor", 0, ANY, 10)));
    kinds.put("embed_init", s -> new InitialFault.EmbeddingScale(s.number("std", 0, ANY, 20)));
    kinds.put("gamma", s -> new InitialFault.Gamma(s.number("value", 0, ANY)));
    kinds.put(
        "common_offset",
        s ->
            new InitialFault.CommonOffset(s.number("std", 0, ANY, 3), s.small("symbols", 1, MANY)));
    kinds.put(
        "slow_rank",
        s ->
            new ProcessFault.SlowRank(
                s.small("rank", 0, MANY), s.integer("delay_millis", 1, MANY), range(s)));
    kinds.put(
        "missing_rank", s -> new ProcessFault.MissingRank(s.small("rank", 0, MANY), range(s)));
    kinds.put("telemetry_gap", s -> new ProcessFault.TelemetryGap(range(s)));
    kinds.put(
        "duplicate_telemetry",
        s -> new ProcessFault.DuplicatedTelemetry(s.small("copies", 2, MANY, 2), range(s)));
    kinds.put(
        "reordered_telemetry",
        s -> new ProcessFault.ReorderedTelemetry(s.small("window", 2, MANY, 4), range(s)));
    return kinds;
  }

  /**
   * Reads a list.
   *
   * @param list the node, a list of mappings
   * @param path of the list in the document
   * @param model that the faults must fit; null when it could not be read
   */
  static FaultPlan read(
      JsonNode list, String path, @Nullable ModelConfig model, Problems problems) {
    if (!list.isArray()) {
      problems.add(path + " must be a list");
      return FaultPlan.none();
    }
    List<Fault> faults = new ArrayList<>();
    for (int index = 0; index < list.size(); index++) {
      String at = path + "[" + index + "]";
      try {
        Fault fault = fault(new Section(at, list.get(index), problems));
        if (model != null) {
          fault.requireFits(model);
        }
        faults.add(fault);
      } catch (FaultException e) {
        problems.add(e.id(), at + "." + e.getMessage());
      }
    }
    return new FaultPlan(faults);
  }

  private static Fault fault(Section section) {
    String kind = section.text("kind");
    Function<Section, Fault> reader = KINDS.get(kind);
    if (reader == null) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_KIND,
          "kind",
          "must be one of " + String.join(", ", KINDS.keySet()) + ", not " + kind);
    }
    Fault fault = reader.apply(section);
    section.end();
    return fault;
  }

  private static StepRange range(Section section) {
    if (section.has("step")) {
      if (section.has("from") || section.has("until")) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_STEPS,
            "step",
            "stands for from and until: give one or the other");
      }
      return StepRange.at(section.integer("step", 0, Long.MAX_VALUE / 2));
    }
    return new StepRange(
        section.integer("from", -1, Long.MAX_VALUE / 2, 0),
        section.integer("until", -1, Long.MAX_VALUE / 2, StepRange.OPEN));
  }

  private static Fault knob(Section section) {
    FaultKnob knob = FaultKnob.named(section.text("knob"));
    KnobFault.Mode mode = section.choice("mode", KnobFault.Mode.class, KnobFault.Mode.OVERRIDE);
    if (section.has("set") == section.has("scale")) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_VALUE, "set", "or scale must be given: one of them");
    }
    KnobFault.Change change = section.has("set") ? KnobFault.Change.SET : KnobFault.Change.SCALE;
    String field = section.has("set") ? "set" : "scale";
    return new KnobFault(knob, mode, change, course(section, field), range(section));
  }

  private static Course course(Section section, String field) {
    if (!section.raw(field).isObject()) {
      return new Course.Constant(section.number(field, 0, ANY));
    }
    Section ramp = section.section(field);
    Course course =
        new Course.Ramp(
            ramp.number("start", 0, ANY),
            ramp.number("end", 0, ANY),
            ramp.choice("shape", Course.RampShape.class, Course.RampShape.GEOMETRIC));
    ramp.end();
    return course;
  }

  /** NaN or an infinity; any number is left for the record to refuse. */
  static double nonNumber(String text) {
    return switch (text) {
      case "nan", "NaN", ".nan" -> Double.NaN;
      case "inf", "Infinity", ".inf" -> Double.POSITIVE_INFINITY;
      case "-inf", "-Infinity", "-.inf" -> Double.NEGATIVE_INFINITY;
      default ->
          throw new FaultException(
              ErrorId.TRAINER_FAULT_VALUE, "value", "must be nan, inf or -inf, not " + text);
    };
  }
}

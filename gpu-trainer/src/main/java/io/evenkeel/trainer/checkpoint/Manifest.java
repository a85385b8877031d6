package io.evenkeel.trainer.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a checkpoint says beside its tensors: where a run goes on, and what made it.
 *
 * @param run id
 * @param incarnation that wrote it
 * @param nextStep the first step not yet trained
 * @param updates the optimiser has made
 * @param knobs values in force, by {@code knob} or {@code knob@scope}
 * @param commanded those of them that a command has set, and the lease keeps so
 * @param data which batches come next
 * @param backend what computed
 * @param precision of the numbers, F32 or F64
 * @param model sizes and constants of the model, by name
 * @param course all else of the configuration that the weights depend on, by name
 * @param lineage how the run came here, oldest first
 */
public record Manifest(
    String run,
    int incarnation,
    long nextStep,
    long updates,
    Map<String, Double> knobs,
    Set<String> commanded,
    DataPosition data,
    String backend,
    String precision,
    Map<String, String> model,
    Map<String, String> course,
    List<Origin> lineage) {
  /** Copies, keeping the order. */
  public Manifest {
    knobs = Collections.unmodifiableMap(new LinkedHashMap<>(knobs));
    commanded = Set.copyOf(commanded);
    model = Collections.unmodifiableMap(new LinkedHashMap<>(model));
    course = Collections.unmodifiableMap(new LinkedHashMap<>(course));
    lineage = List.copyOf(lineage);
  }

  /**
   * Batches are a function of the seed and an index: the step, plus those passed over.
   *
   * @param seed of the batches
   * @param passedOver batches that a roll-back has left out so far
   */
  public record DataPosition(long seed, long passedOver) {}

  /** How a state was had from an earlier one. */
  public enum Kind {
    /** A process went on where another had stopped or was killed. */
    RESUMED,
    /** The run went back to an earlier state. */
    ROLLED_BACK,
    /** Its layers were stacked into a larger model. */
    GROWN
  }

  /**
   * One ancestor.
   *
   * @param kind how its state was taken over
   * @param run whose checkpoint
   * @param incarnation of it
   * @param step its next step
   * @param times layers of the descendant over its own; 1 but for growth
   */
  public record Origin(Kind kind, String run, int incarnation, long step, int times) {}

  /** The lineage of what is made from this state. */
  public List<Origin> lineageOf(Kind kind, int times) {
    List<Origin> longer = new ArrayList<>(lineage);
    longer.add(new Origin(kind, run, incarnation, nextStep, times));
    return longer;
  }
}

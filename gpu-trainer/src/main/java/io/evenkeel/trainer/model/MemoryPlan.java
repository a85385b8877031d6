package io.evenkeel.trainer.model;

import io.evenkeel.trainer.ops.AttentionShape;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.TensorOps;
import java.util.OptionalInt;

/**
 * Bytes of all tensors of one rank, before the first is made; in long arithmetic, also of models
 * that are too large to be made. Everything is allocated before the first step, so that this is
 * also the peak. Backends use a little more: buffers for reductions, and on the host what the
 * process itself needs.
 *
 * @param parameters weights and selection biases
 * @param gradients as many
 * @param moments both of AdamW
 * @param activations kept from the forward pass for the backward pass
 * @param scratch of the backward pass, shared by the layers
 * @param statistics sums for telemetry and the optimiser
 * @param heldOut a second set of activations, for validation and probes
 */
public record MemoryPlan(
    long parameters,
    long gradients,
    long moments,
    long activations,
    long scratch,
    long statistics,
    long heldOut) {
  private static final long INTEGER = Integer.BYTES;
  private static final long DOUBLE = Double.BYTES;
  private static final int ACTIVATION_SITES = 5;

  /** What of a backend decides over memory. */
  public interface Traits {
    /** Bytes of an element. */
    int elementBytes();

    /** Elements that an attention keeps for its backward pass. */
    long savedElements(AttentionShape shape);

    /** Elements of scratch that an attention's backward pass needs. */
    long scratchElements(AttentionShape shape);

    /** Those of a backend that is there. */
    static Traits of(TensorOps ops) {
      return new Traits() {
        @Override
        public int elementBytes() {
          return ops.elementBits() / Byte.SIZE;
        }

        @Override
        public long savedElements(AttentionShape shape) {
          return ops.attention().savedShape(shape).size();
        }

        @Override
        public long scratchElements(AttentionShape shape) {
          return ops.attention().scratchShape(shape).size();
        }
      };
    }

    /**
     * Those of a device that keeps the log-sum-exp of every score row, but no score: for plans of
     * what no backend here can hold.
     */
    static Traits device() {
      return new Traits() {
        @Override
        public int elementBytes() {
          return Float.BYTES;
        }

        @Override
        public long savedElements(AttentionShape shape) {
          return (long) shape.rows() * shape.heads();
        }

        @Override
        public long scratchElements(AttentionShape shape) {
          return (long) shape.rows() * shape.heads();
        }
      };
    }
  }

  /**
   * What is made.
   *
   * @param sequences B
   * @param length S
   * @param microBatches A, each with sums of its own
   * @param heldOutSequences B of validation and probes; empty: none
   * @param probes whether all experts are compared on held-out tokens
   */
  public record Extent(
      int sequences, int length, int microBatches, OptionalInt heldOutSequences, Probes probes) {}

  /** Whether held-out tokens go through every expert. */
  public enum Probes {
    /** They do. */
    MADE,
    /** They do not. */
    NONE
  }

  /** Plans a model. */
  public static MemoryPlan of(ModelConfig model, Extent extent, Traits traits) {
    return of(model, ParameterPlan.of(model), extent, traits);
  }

  /** Plans a model with other parameters than those that the trainer would make. */
  public static MemoryPlan of(
      ModelConfig model, ParameterPlan counted, Extent extent, Traits traits) {
    long element = traits.elementBytes();
    long parameters = counted.total();
    long biases = (long) model.layers() * model.routing().experts();
    Pass training = new Pass(model, extent.sequences(), extent.length(), traits);
    long slots = 22L * model.layers() + 3;
    long optimizer = slots * (StatisticsOps.SQUARES_ENTRIES + OptimizerOps.BELOW_ENTRIES);
    long heldOut = 0;
    if (extent.heldOutSequences().isPresent()) {
      Pass second = new Pass(model, extent.heldOutSequences().getAsInt(), extent.length(), traits);
      heldOut =
          second.activations()
              + second.scratch()
              + second.statistics(1)
              + (extent.probes() == Probes.MADE ? second.probe() : 0);
    }
    return new MemoryPlan(
        element * (parameters + biases),
        element * parameters,
        2 * element * parameters,
        training.activations(),
        training.scratch(),
        training.statistics(extent.microBatches()) + DOUBLE * optimizer,
        heldOut);
  }

  /** All of it. */
  public long total() {
    return parameters + gradients + moments + activations + scratch + statistics + heldOut;
  }

  /** The tensors of forward and backward passes over batches of one shape. */
  private static final class Pass {
    private final ModelConfig model;
    private final RoutingShape routing;
    private final AttentionShape attention;
    private final Traits traits;
    private final long tokens;
    private final long width;
    private final long experts;

    Pass(ModelConfig model, int sequences, int length, Traits traits) {
      this.model = model;
      this.routing = model.routing();
      this.traits = traits;
      attention =
          new AttentionShape(sequences, model.heads(), length, model.width() / model.heads());
      tokens = (long) sequences * length;
      width = model.width();
      experts = routing.experts();
    }

    private long bytes(long elements) {
      return traits.elementBytes() * elements;
    }

    /** Of experts with so many slots. */
    private long expertBuffers(long slots) {
      return slots * (2 * width + 3L * model.expertHidden());
    }

    private long plan(long chosen) {
      return INTEGER * (3 * tokens * chosen + model.ffnExperts() + 1);
    }

    private long layer() {
      long norms = 4 * (tokens * width + tokens);
      long attentions = 2 * (5 * tokens * width + traits.savedElements(attention));
      long blocks = 2 * (3 * tokens * model.denseHidden() + tokens * width);
      long moe =
          2 * tokens * experts
              + tokens
              + expertBuffers(tokens * routing.topK())
              + 2 * tokens * width;
      return bytes(norms + attentions + blocks + moe + 4 * tokens * width) + plan(routing.topK());
    }

    long activations() {
      long rope = (long) attention.length() * attention.headWidth();
      long ends = 2 * (tokens * width + tokens) + tokens + tokens * model.vocabulary();
      return model.layers() * layer() + bytes(rope + ends) + INTEGER * 2 * tokens;
    }

    long scratch() {
      long layers =
          6 * tokens * width
              + traits.scratchElements(attention)
              + 3 * tokens * model.denseHidden()
              + 2 * tokens * experts
              + expertBuffers(tokens * routing.topK());
      return bytes(layers + tokens * model.vocabulary() + 2 * tokens * width);
    }

    /** Sums of so many micro-batches, and one set that is thrown away. */
    long statistics(int microBatches) {
      long layer =
          4 * experts
              + routing.groups()
              + 2
              + StatisticsOps.ROUTER_ENTRIES
              + ACTIVATION_SITES * StatisticsOps.ACTIVATION_ENTRIES
              + 2
              + StatisticsOps.SQUARES_ENTRIES
              + 1;
      return DOUBLE * (model.layers() * layer * (microBatches + 1) + 2L * microBatches);
    }

    /** Every FFN expert on every token. */
    long probe() {
      return bytes(expertBuffers(tokens * model.ffnExperts())) + plan(model.ffnExperts()) + DOUBLE;
    }
  }
}

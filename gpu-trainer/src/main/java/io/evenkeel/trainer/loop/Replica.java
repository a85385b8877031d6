package io.evenkeel.trainer.loop;

import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.fault.FaultInjector;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.layer.Recording;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.model.GradientMethod;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.optim.AdamW;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What one data-parallel rank holds: a backend, the whole model with activations, an optimiser. All
 * of it belongs to the rank's thread. Replicas start equal and, since they make the same updates of
 * the same gradients, stay equal.
 */
public final class Replica implements AutoCloseable {
  private final int rank;
  private final TensorOps ops;
  private final Transformer model;
  private final AdamW optimizer;
  private final Stopwatch telemetry;
  private final FaultInjector injector;
  private StepOrder.Update update = StepOrder.Update.MADE;

  /** A replica that nothing strikes. */
  public Replica(int rank, TensorOps ops, Transformer model, AdamW optimizer, Stopwatch telemetry) {
    this(rank, ops, model, optimizer, telemetry, FaultPlan.none());
  }

  /**
   * Takes the pieces over; closing closes the backend.
   *
   * @param rank 0 for the one that decides
   * @param ops backend, used by this rank's thread alone
   * @param model with as many micro-batches as the rank takes a step
   * @param optimizer of the model's parameters
   * @param telemetry the watch that the model too adds to
   * @param faults that strike weights and gradients
   */
  public Replica(
      int rank,
      TensorOps ops,
      Transformer model,
      AdamW optimizer,
      Stopwatch telemetry,
      FaultPlan faults) {
    this.rank = rank;
    this.ops = ops;
    this.model = model;
    this.optimizer = optimizer;
    this.telemetry = telemetry;
    this.injector = new FaultInjector(faults, model.state(), ops.memory());
  }

  /** Which rank. */
  public int rank() {
    return rank;
  }

  /** The backend. */
  public TensorOps ops() {
    return ops;
  }

  /** The model. */
  public Transformer model() {
    return model;
  }

  /** Parameters and biases. */
  public ModelState state() {
    return model.state();
  }

  /** The optimiser. */
  public AdamW optimizer() {
    return optimizer;
  }

  Stopwatch telemetry() {
    return telemetry;
  }

  /**
   * Leaves in the parameters' gradients this rank's share of the step's gradient, and the sums of
   * each micro-batch.
   *
   * @param share 1 over the micro-batches of all ranks
   */
  void computeGradients(StepOrder order, List<Batch> batches, double share) {
    injector.beforeForward(order.step());
    Recording recording = Recording.KEEP;
    if (order.method() == GradientMethod.EXACT) {
      telemetry.start();
      for (int index = 0; index < batches.size(); index++) {
        model.select(index);
        forward(batches.get(index));
        state().zeroGradients();
        model.measureLanguageModel(share);
      }
      telemetry.stop();
      recording = Recording.DISCARD;
    }
    state().zeroGradients();
    for (int index = 0; index < batches.size(); index++) {
      boolean computed = order.method() == GradientMethod.EXACT && batches.size() == 1;
      model.select(index);
      if (!computed) {
        forward(batches.get(index));
      }
      record(order.detail());
      model.accumulate(order.objective(), recording, share);
    }
  }

  private void forward(Batch batch) {
    model.forward(batch.inputs(), batch.targets());
  }

  private void record(StepOrder.Detail detail) {
    switch (detail) {
      case NONE -> {}
      case STEP -> model.recordStatistics();
      case STEP_AND_ALIGNMENT -> {
        model.recordStatistics();
        model.recordAlignment();
      }
    }
  }

  /**
   * Measures the gradient and makes the update, unless the order says otherwise or the gradient is
   * not finite: one such update makes every weight NaN, and no command comes in time to prevent it.
   */
  void updateWeights(StepOrder order) {
    injector.beforeUpdate(order.step());
    optimizer.measure();
    update =
        order.update() == StepOrder.Update.MADE && optimizer.isFinite()
            ? StepOrder.Update.MADE
            : StepOrder.Update.SKIPPED;
    if (update == StepOrder.Update.MADE) {
      optimizer.step(order.settings());
    }
  }

  /** What became of the last step's gradient. */
  StepOrder.Update update() {
    return update;
  }

  /** Updates the selection biases where the loads are: of a step of one micro-batch on one rank. */
  void updateBiasesFromDevice(StepOrder order) {
    if (update == StepOrder.Update.MADE) {
      model.updateSelectionBiases(order.mu());
    }
  }

  /**
   * Updates the selection biases by loads that have been added up over micro-batches and ranks.
   * FORMULAS.md section 6.
   */
  void updateBiases(StepOrder order, StepLoads loads) {
    if (update == StepOrder.Update.SKIPPED) {
      return;
    }
    RoutingShape routing = model.shape().routing();
    double target = routing.ffnExpertsTarget() / routing.topK() / routing.ffnExperts();
    for (int layer = 0; layer < model.layers().size(); layer++) {
      double[] bias = ops.memory().toArray(state().bias(layer));
      for (int i = 0; i < routing.ffnExperts(); i++) {
        double share = loads.load(layer, i) / ((double) routing.topK() * loads.tokens());
        bias[i] += order.mu() * (target - share);
      }
      ops.memory().write(state().bias(layer), bias);
    }
  }

  /**
   * Everything that training changes, exactly: to hand it to another replica. The updates made come
   * beside.
   */
  List<double[]> snapshot() {
    return tensors().stream().map(ops.memory()::toArray).toList();
  }

  /** Takes over what another replica's {@link #snapshot} gave. */
  void become(List<double[]> snapshot, long updates) {
    TensorMemory memory = ops.memory();
    List<Tensor> tensors = tensors();
    for (int i = 0; i < tensors.size(); i++) {
      memory.write(tensors.get(i), snapshot.get(i));
    }
    optimizer.restoreUpdates(updates);
  }

  private List<Tensor> tensors() {
    List<Tensor> tensors = new ArrayList<>();
    for (Parameter parameter : state().parameters()) {
      tensors.add(parameter.value());
    }
    for (AdamW.Slot slot : optimizer.slots()) {
      tensors.add(slot.firstMoment());
      tensors.add(slot.secondMoment());
    }
    for (int layer = 0; layer < state().config().layers(); layer++) {
      tensors.add(state().bias(layer));
    }
    return tensors;
  }

  @Override
  public void close() {
    ops.close();
  }
}

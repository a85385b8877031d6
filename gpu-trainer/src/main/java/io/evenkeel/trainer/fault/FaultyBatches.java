package io.evenkeel.trainer.fault;

import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.data.Batches;
import io.evenkeel.trainer.data.DataSource;
import io.evenkeel.trainer.data.Drawing;
import io.evenkeel.trainer.data.Mix;
import io.evenkeel.trainer.data.RandomSource;
import java.util.HashMap;
import java.util.Map;

/** Training batches with the plan's data faults. */
public final class FaultyBatches implements Batches {
  private final FaultPlan plan;
  private final int batchesPerStep;
  private final Batches healthy;
  private final Batches noise;
  private final Map<DataFault.ShiftedMix, Batches> shifted = new HashMap<>();

  /**
   * Batches of a source.
   *
   * @param vocabulary V: noise is uniform over it
   * @param batchesPerStep ranks times micro-batches: batch i belongs to step {@code i /
   *     batchesPerStep}
   * @throws IllegalArgumentException when a shifted mix is of another number of domains
   */
  public FaultyBatches(
      FaultPlan plan, DataSource source, Drawing drawing, int vocabulary, int batchesPerStep) {
    this.plan = plan;
    this.batchesPerStep = batchesPerStep;
    healthy = source.batches(drawing);
    noise = new RandomSource(vocabulary).batches(drawing);
    for (Fault fault : plan.faults()) {
      if (fault instanceof DataFault.ShiftedMix mix) {
        shifted.put(mix, source.batches(drawing, Mix.of(mix.weights())));
      }
    }
  }

  @Override
  public Batch batch(long index) {
    Batches from =
        plan.data(index / batchesPerStep)
            .map(
                fault ->
                    switch (fault) {
                      case DataFault.NoiseBatch n -> noise;
                      case DataFault.ShiftedMix mix -> shifted.getOrDefault(mix, healthy);
                    })
            .orElse(healthy);
    return from.batch(index);
  }
}

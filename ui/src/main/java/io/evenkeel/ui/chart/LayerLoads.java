package io.evenkeel.ui.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Load of the experts of every layer at one step: FFN experts, an empty column, zero experts. One
 * means the mean load of the layer's FFN experts.
 */
public final class LayerLoads {
  private final long step;
  private final int ffnExperts;
  private final int experts;
  private final List<Integer> numbers = new ArrayList<>();
  private final List<float[]> rows = new ArrayList<>();

  /**
   * Loads at a step.
   *
   * @param step the step
   * @param ffnExperts N
   * @param experts N + Z
   * @param layers ascending by number
   */
  public LayerLoads(long step, int ffnExperts, int experts, List<Layer> layers) {
    this.step = step;
    this.ffnExperts = ffnExperts;
    this.experts = experts;
    for (Layer layer : layers) {
      numbers.add(layer.number());
      rows.add(LoadMap.relative(layer.load(), ffnExperts));
    }
  }

  /** The step. */
  public long step() {
    return step;
  }

  /** How many layers there are. */
  public int layers() {
    return rows.size();
  }

  int number(int row) {
    return numbers.get(row);
  }

  /** The names of the columns. */
  public List<String> columns() {
    return LoadMap.names(ffnExperts, experts);
  }

  /** Load of a column over the mean load of the layer's FFN experts; NaN in the empty column. */
  public double at(int row, int column) {
    float[] values = rows.get(row);
    int expert = column < ffnExperts ? column : column - 1;
    return column == ffnExperts || expert >= values.length ? Double.NaN : values[expert];
  }

  /** The loads of one layer. */
  public static final class Layer {
    private final int number;
    private final float[] load;

    /**
     * Copies.
     *
     * @param number of the layer
     * @param load tokens per expert [N+Z]
     */
    public Layer(int number, float[] load) {
      this.number = number;
      this.load = load.clone();
    }

    int number() {
      return number;
    }

    float[] load() {
      return load;
    }
  }
}

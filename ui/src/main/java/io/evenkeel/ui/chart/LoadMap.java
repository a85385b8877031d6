package io.evenkeel.ui.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Load of experts over steps: FFN experts, an empty row, zero experts. One means the mean load of
 * the FFN experts at that step.
 */
public final class LoadMap {
  private final int stride;
  private final int ffnExperts;
  private final int experts;
  private final List<Long> steps;
  private final List<float[]> columns;

  private LoadMap(
      int stride, int ffnExperts, int experts, List<Long> steps, List<float[]> columns) {
    this.stride = stride;
    this.ffnExperts = ffnExperts;
    this.experts = experts;
    this.steps = List.copyOf(steps);
    this.columns = List.copyOf(columns);
  }

  /**
   * A map without columns.
   *
   * @param stride every how many steps there is a column, &gt;= 1
   * @param ffnExperts N
   * @param experts N + Z
   */
  public static LoadMap empty(int stride, int ffnExperts, int experts) {
    if (stride < 1 || ffnExperts < 0 || experts < ffnExperts) {
      throw new IllegalArgumentException("stride >= 1 and 0 <= ffnExperts <= experts must hold");
    }
    return new LoadMap(stride, ffnExperts, experts, List.of(), List.of());
  }

  /**
   * The same with more columns.
   *
   * @param more tokens per expert [N+Z] at a step, ascending by step
   */
  public LoadMap with(List<Column> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<Long> allSteps = new ArrayList<>(steps);
    List<float[]> allColumns = new ArrayList<>(columns);
    for (Column column : more) {
      allSteps.add(column.step());
      allColumns.add(relative(column.load(), ffnExperts));
    }
    return new LoadMap(stride, ffnExperts, experts, allSteps, allColumns);
  }

  /** Whether this is {@code before} with nothing or more at its end. */
  public boolean continues(LoadMap before) {
    return before.stride == stride
        && before.ffnExperts == ffnExperts
        && before.experts == experts
        && steps.size() >= before.steps.size()
        && steps.subList(0, before.steps.size()).equals(before.steps);
  }

  /** Every how many steps there is a column. */
  public int stride() {
    return stride;
  }

  /** The steps of the columns. */
  public List<Long> steps() {
    return steps;
  }

  /** The names of the rows. */
  public List<String> rows() {
    return names(ffnExperts, experts);
  }

  static List<String> names(int ffnExperts, int experts) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < ffnExperts; i++) {
      rows.add("E" + i);
    }
    if (experts > ffnExperts) {
      rows.add("");
      for (int i = ffnExperts; i < experts; i++) {
        rows.add("zero " + (i - ffnExperts));
      }
    }
    return rows;
  }

  /** Load of a row over the mean load of the FFN experts; NaN in the empty row. */
  public double at(int column, int row) {
    float[] values = columns.get(column);
    int expert = row < ffnExperts ? row : row - 1;
    return row == ffnExperts || expert >= values.length ? Double.NaN : values[expert];
  }

  static float[] relative(float[] load, int ffnExperts) {
    double sum = 0;
    int counted = Math.min(ffnExperts, load.length);
    for (int i = 0; i < counted; i++) {
      sum += load[i];
    }
    float[] relative = new float[load.length];
    for (int i = 0; i < load.length; i++) {
      relative[i] = sum > 0 ? (float) (load[i] * counted / sum) : Float.NaN;
    }
    return relative;
  }

  /** The loads of one step. */
  public static final class Column {
    private final long step;
    private final float[] load;

    /** Copies. */
    public Column(long step, float[] load) {
      this.step = step;
      this.load = load.clone();
    }

    long step() {
      return step;
    }

    float[] load() {
      return load;
    }
  }
}

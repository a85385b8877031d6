package io.evenkeel.trainer.tensor;

import java.util.Arrays;

/** Extents of a row-major tensor of rank 1 to 4; every extent is at least 1. Immutable. */
public final class Shape {
  private final int[] extents;

  private Shape(int[] extents) {
    this.extents = extents;
  }

  /**
   * Makes a shape.
   *
   * @param extents 1 to 4 extents, outermost first, each at least 1; at most 2^31-1 elements in all
   * @throws IllegalArgumentException otherwise
   */
  public static Shape of(int... extents) {
    if (extents.length < 1 || extents.length > 4) {
      throw new IllegalArgumentException("a shape has 1 to 4 extents, not " + extents.length);
    }
    long size = 1;
    for (int extent : extents) {
      if (extent < 1) {
        throw new IllegalArgumentException("extents must be >= 1: " + Arrays.toString(extents));
      }
      size *= extent;
      if (size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("too many elements: " + Arrays.toString(extents));
      }
    }
    return new Shape(extents.clone());
  }

  /** Number of extents, 1 to 4. */
  public int rank() {
    return extents.length;
  }

  /** Extent {@code index}, 0 is the outermost. */
  public int extent(int index) {
    return extents[index];
  }

  /** The innermost extent. */
  public int last() {
    return extents[extents.length - 1];
  }

  /** Number of elements. */
  public int size() {
    int size = 1;
    for (int extent : extents) {
      size *= extent;
    }
    return size;
  }

  /** Number of rows when all but the innermost extent are folded into one. */
  public int rows() {
    return size() / last();
  }

  /** True when the extents are exactly these. */
  public boolean is(int a) {
    return extents.length == 1 && extents[0] == a;
  }

  /** True when the extents are exactly these. */
  public boolean is(int a, int b) {
    return extents.length == 2 && extents[0] == a && extents[1] == b;
  }

  /** True when the extents are exactly these. */
  public boolean is(int a, int b, int c) {
    return extents.length == 3 && extents[0] == a && extents[1] == b && extents[2] == c;
  }

  /** The extents, outermost first; a copy. */
  public int[] extents() {
    return extents.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  @Override
  public String toString() {
    return Arrays.toString(extents);
  }
}

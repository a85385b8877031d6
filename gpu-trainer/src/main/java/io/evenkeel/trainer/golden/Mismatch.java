package io.evenkeel.trainer.golden;

/**
 * One difference between a golden file and what was computed.
 *
 * @param place path in the file with the index, such as {@code params_after/head/data[17]}
 * @param expected what the file says
 * @param found what was computed
 * @param tolerance largest difference allowed; empty when the difference is not one of numbers
 */
record Mismatch(String place, String expected, String found, String tolerance) {
  @Override
  public String toString() {
    return place
        + " expected "
        + expected
        + " found "
        + found
        + (tolerance.isEmpty() ? "" : " tolerance " + tolerance);
  }
}

package io.evenkeel.ui.chart;

/**
 * One tensor against Adam's epsilon.
 *
 * @param name tensor
 * @param gradientRms root mean square of its clipped gradient
 * @param epsilonOverRms epsilon over that; NaN when it is zero
 */
public record TensorBar(String name, double gradientRms, double epsilonOverRms) {}

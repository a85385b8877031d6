package io.evenkeel.gateway.otlp;

/**
 * Whose step it is.
 *
 * @param run run id
 * @param incarnation incarnation of the run
 * @param rank data-parallel rank
 */
record Rank(String run, int incarnation, int rank) {}

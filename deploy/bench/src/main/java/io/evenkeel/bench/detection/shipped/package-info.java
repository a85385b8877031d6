/**
 * The cases that come with the bench, made when they are needed: faults injected into real training
 * runs, and synthetic series. Labels come from what was injected, never from what was detected.
 *
 * <p>The same description and seed always give the same telemetry on the same machine.
 */
@NullMarked
package io.evenkeel.bench.detection.shipped;

import org.jspecify.annotations.NullMarked;

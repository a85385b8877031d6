/**
 * Rules that others have published, as published, on the series that each was made for. They act on
 * steps; here their hits are gathered into firings, so that they can be compared with alerts.
 *
 * <p>Pure and single-threaded; a rule keeps its state within one call.
 */
@NullMarked
package io.evenkeel.bench.detection.peer;

import org.jspecify.annotations.NullMarked;

/**
 * How well alerts are raised: labelled cases are replayed through analytics without Flink, and what
 * fires is compared with what should have fired, and with the rules that others have published.
 *
 * <p>Contract: a {@link io.evenkeel.bench.detection.DetectionCase} is telemetry and what is
 * expected of it; {@link io.evenkeel.bench.detection.Scoring} alone decides what is found and what
 * is false. Threading: each case is played on one thread, several at a time. Must not import Flink.
 */
@NullMarked
package io.evenkeel.bench.detection;

import org.jspecify.annotations.NullMarked;

/**
 * The gym: {@code ./evenkeel gym} trains real models with faults, once with Evenkeel's hand on them
 * and once without, and judges what came of it.
 *
 * <p>Contract: trainer, signals, detectors, policies and guard are the services' own code; the log
 * between them and the clock are in memory and virtual, so that a scenario and seed always give the
 * same figures. Packages, each using only those before it: {@code scenario}, {@code play}, {@code
 * judge}, {@code report}. Threading: a run is trained by one thread of a small pool, and nothing is
 * shared between runs. Must not import Flink, Kafka or a database.
 */
@NullMarked
package io.evenkeel.gym;

import org.jspecify.annotations.NullMarked;

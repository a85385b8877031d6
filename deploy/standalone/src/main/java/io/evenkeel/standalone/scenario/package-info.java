/**
 * Named settings of a run on one machine: what the trainer does, and what should come of it.
 *
 * <p>Contract: a scenario is a YAML resource; an unknown field or a missing one is an error that
 * names it. Threading: immutable. Must not import Kafka or JDBC.
 */
@NullMarked
package io.evenkeel.standalone.scenario;

import org.jspecify.annotations.NullMarked;

/**
 * The trainer's configuration: YAML, with presets as resources, checked as a whole so that all
 * problems are told at once.
 *
 * <p>Immutable. Must not import a backend, the loop, or the contract's records of the wire.
 */
@NullMarked
package io.evenkeel.trainer.config;

import org.jspecify.annotations.NullMarked;

/**
 * What is tried and what is expected of it, read from YAML. Pure values; must not import the
 * services that play them but the trainer's configuration.
 */
@NullMarked
package io.evenkeel.gym.scenario;

import org.jspecify.annotations.NullMarked;

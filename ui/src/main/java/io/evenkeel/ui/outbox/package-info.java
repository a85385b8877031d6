/**
 * The dashboard's one way to write to Kafka. Thread-safe; never blocks its caller. Must not import
 * Vaadin or a feature.
 */
@NullMarked
package io.evenkeel.ui.outbox;

import org.jspecify.annotations.NullMarked;

/**
 * The REST API under {@code /api/v1}: reads through the services that the pages read through, and
 * asks the controller by the same actions. Contract: {@code openapi.yaml} describes every method,
 * and a test compares the two; each method says its role by {@link io.evenkeel.ui.security.Needs};
 * every refusal is a problem with an id. Thread-safe. Must not import Vaadin.
 */
@NullMarked
package io.evenkeel.ui.api;

import org.jspecify.annotations.NullMarked;

/**
 * {@code GET /api/v1/openapi}.
 *
 * <p>Contract: {@code openapi.yaml} describes every path that the gateway serves; a test compares
 * the two. Threading: immutable. Of the gateway it imports nothing.
 */
@NullMarked
package io.evenkeel.gateway.openapi;

import org.jspecify.annotations.NullMarked;

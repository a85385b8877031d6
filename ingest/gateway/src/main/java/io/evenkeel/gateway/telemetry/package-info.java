/**
 * {@code POST /api/v1/telemetry}.
 *
 * <p>Contract: docs/http-api.md. Threading: stateless. Nobody imports this package.
 */
@NullMarked
package io.evenkeel.gateway.telemetry;

import org.jspecify.annotations.NullMarked;

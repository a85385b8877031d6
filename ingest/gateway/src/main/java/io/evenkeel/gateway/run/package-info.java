/**
 * {@code POST /api/v1/runs}.
 *
 * <p>Contract: docs/http-api.md. Threading: stateless. Nobody imports this package.
 */
@NullMarked
package io.evenkeel.gateway.run;

import org.jspecify.annotations.NullMarked;

/**
 * {@code GET /api/v1/runs/{run}/alerts}.
 *
 * <p>Contract: docs/http-api.md. Threading: the board is written by the follower's thread and read
 * by requests. Only {@code app} imports this package.
 */
@NullMarked
package io.evenkeel.gateway.alert;

import org.jspecify.annotations.NullMarked;

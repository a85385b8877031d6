/**
 * Commands to trainers and what became of them: {@code GET /api/v1/runs/{run}/commands} and {@code
 * POST /api/v1/runs/{run}/acks}.
 *
 * <p>Contract: docs/http-api.md. Threading: the board is written by the follower's thread and read
 * by requests. Only {@code app} imports this package.
 */
@NullMarked
package io.evenkeel.gateway.command;

import org.jspecify.annotations.NullMarked;

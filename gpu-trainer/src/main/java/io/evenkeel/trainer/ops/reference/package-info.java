/**
 * The truth: every operation as plain loops in double precision, kept for ever. Slow on purpose; no
 * cleverness belongs here.
 *
 * <p>Not safe for use by several threads at once. Must not import {@code ops.cpu} or any native
 * library.
 */
@NullMarked
package io.evenkeel.trainer.ops.reference;

import org.jspecify.annotations.NullMarked;

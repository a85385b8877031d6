/**
 * The backend for ordinary processors: single precision, matrix products through OpenBLAS where its
 * native library loads, plain loops where it does not. Sums that telemetry or a loss needs are
 * accumulated in double precision.
 *
 * <p>Deterministic: the same inputs give the same bits, run after run, for a given number of
 * threads. Nothing of notable size is allocated inside an operation. Used by one thread at a time.
 *
 * <p>The only package that may touch OpenBLAS or the foreign-function interface; must not import
 * {@code ops.reference}.
 */
@NullMarked
package io.evenkeel.trainer.ops.cpu;

import org.jspecify.annotations.NullMarked;

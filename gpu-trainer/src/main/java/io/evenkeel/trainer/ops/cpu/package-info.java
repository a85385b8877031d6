/**
 * The backend for ordinary processors: single precision, matrix products through OpenBLAS where its
 * native library loads, plain loops where it does not. Sums that telemetry or a loss needs are
 * accumulated in double precision.
 *
 * <p>Deterministic: the same inputs give the same bits, run after run and whatever the number of
 * threads. Work is cut into blocks by the shapes alone; a block is computed by one thread, and sums
 * over blocks are added in their order. Nothing is allocated inside an operation once it has seen
 * its largest shapes. Used by one thread at a time.
 *
 * <p>The only package that may touch OpenBLAS or the foreign-function interface; must not import
 * {@code ops.reference}.
 */
@NullMarked
package io.evenkeel.trainer.ops.cpu;

import org.jspecify.annotations.NullMarked;

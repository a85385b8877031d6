/**
 * The golden check: recomputes everything that a golden file of schema {@code
 * longcat-mini-golden/1} holds and compares it, number by number. FORMULAS.md section 8.
 *
 * <p>Used by one thread at a time. A key that is unknown or missing is a mismatch, never skipped.
 */
@NullMarked
package io.evenkeel.trainer.golden;

import org.jspecify.annotations.NullMarked;

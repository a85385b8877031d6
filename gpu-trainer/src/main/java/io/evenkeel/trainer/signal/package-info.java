/**
 * The signals of FORMULAS.md sections 4 and 5, derived from a layer's sums on the host.
 *
 * <p>Pure and immutable. Must not import a backend nor the contract: what goes on the wire are the
 * sums, and analytics derives its own signals; these serve the golden check, the terminal and the
 * tests.
 */
@NullMarked
package io.evenkeel.trainer.signal;

import org.jspecify.annotations.NullMarked;

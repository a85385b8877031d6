/** Alert rules. Immutable records. */
@NullMarked
package io.evenkeel.contract.rule;

import org.jspecify.annotations.NullMarked;

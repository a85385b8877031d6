/** Decisions of the controller. Immutable records. */
@NullMarked
package io.evenkeel.contract.audit;

import org.jspecify.annotations.NullMarked;

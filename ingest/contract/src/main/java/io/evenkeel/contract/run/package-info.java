/** What a trainer declares of a run: configuration, knobs, bounds. Immutable records. */
@NullMarked
package io.evenkeel.contract.run;

import org.jspecify.annotations.NullMarked;

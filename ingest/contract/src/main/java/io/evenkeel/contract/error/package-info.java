/** The catalogue of operating errors, and the checks that records share. */
@NullMarked
package io.evenkeel.contract.error;

import org.jspecify.annotations.NullMarked;

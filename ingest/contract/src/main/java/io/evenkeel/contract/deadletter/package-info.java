/** What could not be read. Immutable. */
@NullMarked
package io.evenkeel.contract.deadletter;

import org.jspecify.annotations.NullMarked;

/** What analytics derives from telemetry. Immutable records. */
@NullMarked
package io.evenkeel.contract.signal;

import org.jspecify.annotations.NullMarked;

/**
 * {@code ./evenkeel up}: one machine's broker, database, services and trainer, started, watched and
 * stopped.
 *
 * <p>Contract: a failure of one part is told in one line with its EVK id and stops no other part.
 * Threading: the main thread starts and waits; the services' own threads report through {@link
 * io.evenkeel.standalone.up.Console}, which is safe to call from any thread. Must not import any
 * service's package.
 */
@NullMarked
package io.evenkeel.standalone.up;

import org.jspecify.annotations.NullMarked;

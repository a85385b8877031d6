/**
 * The writer as a process: configuration, wiring, start and stop.
 *
 * <p>Contract: the environment variables of {@link io.evenkeel.writer.app.WriterConfig}; one line
 * {@code EVENKEEL-READY writer} on the standard output once records are being read. Nobody imports
 * this package.
 */
@NullMarked
package io.evenkeel.writer.app;

import org.jspecify.annotations.NullMarked;

/**
 * The command line: {@code golden} checks the numerics, {@code train} trains. The only package that
 * chooses a backend.
 *
 * <p>Exit status: 0 done, 1 failed, 2 wrong usage or unusable input.
 */
@NullMarked
package io.evenkeel.trainer.app;

import org.jspecify.annotations.NullMarked;

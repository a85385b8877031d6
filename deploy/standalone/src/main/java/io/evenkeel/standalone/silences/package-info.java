/**
 * {@code ./evenkeel alerts silence|silences|expire}: silences from the command line, as the
 * dashboard makes them: the controller carries the request out and answers in the audit trail.
 * Threading: the command's thread. Must not import the controller.
 */
@NullMarked
package io.evenkeel.standalone.silences;

import org.jspecify.annotations.NullMarked;

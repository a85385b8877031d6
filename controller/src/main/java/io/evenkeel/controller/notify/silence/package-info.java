/** Silences: what people have asked not to hear of for a while, in the database. Thread-safe. */
@NullMarked
package io.evenkeel.controller.notify.silence;

import org.jspecify.annotations.NullMarked;

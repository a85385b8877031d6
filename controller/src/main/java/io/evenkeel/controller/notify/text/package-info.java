/** The words of a notice, the same on all channels. Immutable, thread-safe. No I/O. */
@NullMarked
package io.evenkeel.controller.notify.text;

import org.jspecify.annotations.NullMarked;

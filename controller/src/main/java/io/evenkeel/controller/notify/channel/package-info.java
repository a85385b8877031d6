/** Receivers of every kind, made from the configuration. Thread-safe. */
@NullMarked
package io.evenkeel.controller.notify.channel;

import org.jspecify.annotations.NullMarked;

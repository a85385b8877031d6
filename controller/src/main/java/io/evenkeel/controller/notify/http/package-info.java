/**
 * How a channel posts: the check of where it may go, bounds on time and on what is read, and what
 * an answer means. Thread-safe. Must not import any channel.
 */
@NullMarked
package io.evenkeel.controller.notify.http;

import org.jspecify.annotations.NullMarked;

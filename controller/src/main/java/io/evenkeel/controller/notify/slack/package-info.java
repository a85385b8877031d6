/** Slack's incoming webhook. Thread-safe. */
@NullMarked
package io.evenkeel.controller.notify.slack;

import org.jspecify.annotations.NullMarked;

/**
 * Alert rules: those in force, followed on their topic; checked by the job's own checker; put into
 * force, switched off and deleted; tried on stored runs by the code that judges live ones. The one
 * room of the dashboard that may use {@code analytics.rule} and {@code analytics.history} (ADR 45).
 * Thread-safe; records are immutable. Must not import Vaadin; pages are in {@code rules.ui}.
 */
@NullMarked
package io.evenkeel.ui.rules;

import org.jspecify.annotations.NullMarked;

/**
 * The generic webhook: Standard Webhooks headers and signature, a body in the shape of Alertmanager
 * version 4, and the check of where it may go. Thread-safe.
 */
@NullMarked
package io.evenkeel.controller.notify.webhook;

import org.jspecify.annotations.NullMarked;

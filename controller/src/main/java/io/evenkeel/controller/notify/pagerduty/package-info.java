/** PagerDuty's Events API v2. Thread-safe. */
@NullMarked
package io.evenkeel.controller.notify.pagerduty;

import org.jspecify.annotations.NullMarked;

/** An Alertmanager's API v2. Thread-safe. */
@NullMarked
package io.evenkeel.controller.notify.alertmanager;

import org.jspecify.annotations.NullMarked;

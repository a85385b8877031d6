/** Starts the gateway and reads its configuration. */
@NullMarked
package io.evenkeel.gateway.app;

import org.jspecify.annotations.NullMarked;

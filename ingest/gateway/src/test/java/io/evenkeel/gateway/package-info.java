/** Tests of the gateway against a real broker over real HTTP. */
@NullMarked
package io.evenkeel.gateway;

import org.jspecify.annotations.NullMarked;

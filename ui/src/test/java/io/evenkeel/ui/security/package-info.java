/** Tests of {@code security}. */
@NullMarked
package io.evenkeel.ui.security;

import org.jspecify.annotations.NullMarked;

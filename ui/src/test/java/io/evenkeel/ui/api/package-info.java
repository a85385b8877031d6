/** Tests of {@code api}. */
@NullMarked
package io.evenkeel.ui.api;

import org.jspecify.annotations.NullMarked;

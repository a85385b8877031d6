/** Holds what was played against what is expected. Pure. */
@NullMarked
package io.evenkeel.gym.judge;

import org.jspecify.annotations.NullMarked;

/**
 * One training run in virtual time with the analytics and the controller beside it, on the thread
 * that plays it. No I/O but a scratch folder for checkpoints.
 */
@NullMarked
package io.evenkeel.gym.play;

import org.jspecify.annotations.NullMarked;

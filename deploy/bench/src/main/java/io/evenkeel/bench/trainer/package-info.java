/**
 * Speed of the trainer's step: against PyTorch, against the matrix products that it is made of, and
 * with signals against without.
 *
 * <p>Contract: what is compared is measured in turns in one run, so that whatever else the machine
 * does slows both. Threading: one thread.
 */
@NullMarked
package io.evenkeel.bench.trainer;

import org.jspecify.annotations.NullMarked;

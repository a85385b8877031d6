/**
 * PyTorch in processes of its own: what is installed, jobs for it, and the workers that train the
 * reference implementation on order.
 *
 * <p>Contract: a worker answers each order before it takes the next, and ends with the process that
 * started it. Threading: one thread at a time a worker.
 */
@NullMarked
package io.evenkeel.bench.torch;

import org.jspecify.annotations.NullMarked;

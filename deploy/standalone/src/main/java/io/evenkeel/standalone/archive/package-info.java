/**
 * {@code ./evenkeel export} and {@code ./evenkeel delete}: a stored run leaves, as a file or for
 * good.
 *
 * <p>Contract: an export is a stream over one snapshot of the views, in memory that does not grow
 * with the run; {@code rules backtest} reads steps by the same walk. Threading: the command's
 * thread. Must not import any service's package.
 */
@NullMarked
package io.evenkeel.standalone.archive;

import org.jspecify.annotations.NullMarked;

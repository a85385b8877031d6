/**
 * The single-machine launcher: the commands behind {@code ./evenkeel}.
 *
 * <p>Contract: wiring only. The services are started as processes of their own and met on Kafka
 * topics and SQL views; no code of theirs is on this class path. Threading: commands run on the
 * main thread. Must not import any service's package.
 */
@NullMarked
package io.evenkeel.standalone;

import org.jspecify.annotations.NullMarked;

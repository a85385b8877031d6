/**
 * What the writer does to the database besides storing: roll-ups, partitions made ahead,
 * compression, retention.
 *
 * <p>Contract: every task may be cut off at any moment and repeated, in several writers at once;
 * whatever is left undone, the views' answers are the same (docs/adr/0018). No failure ends a task:
 * it is told, counted, and the next round comes. Threading: the tasks of one process run on one
 * thread of their own. Must not import Kafka, nor the writer's packages other than {@code store}.
 */
@NullMarked
package io.evenkeel.writer.upkeep;

import org.jspecify.annotations.NullMarked;

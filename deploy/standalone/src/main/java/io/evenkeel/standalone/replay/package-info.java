/**
 * {@code ./evenkeel replay}: a log goes through the whole pipeline, and what was seen in it is
 * reported.
 *
 * <p>Contract: the report is made when every record sent has been stored and judged, as Kafka's
 * offsets tell, never after a guess at how long that takes. Threading: the command's thread. Must
 * not import any service's package.
 */
@NullMarked
package io.evenkeel.standalone.replay;

import org.jspecify.annotations.NullMarked;

/** Tests of the metrics. */
@NullMarked
package io.evenkeel.writer.metrics;

import org.jspecify.annotations.NullMarked;

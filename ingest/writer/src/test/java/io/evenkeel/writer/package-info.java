/** Tests of the writer, on real databases and brokers. */
@NullMarked
package io.evenkeel.writer;

import org.jspecify.annotations.NullMarked;

/** Tests of what the writer does besides storing. */
@NullMarked
package io.evenkeel.writer.upkeep;

import org.jspecify.annotations.NullMarked;

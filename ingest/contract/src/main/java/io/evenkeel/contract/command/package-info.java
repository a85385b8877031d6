/** Commands to trainers, their acknowledgements, and what operators ask. Immutable records. */
@NullMarked
package io.evenkeel.contract.command;

import org.jspecify.annotations.NullMarked;

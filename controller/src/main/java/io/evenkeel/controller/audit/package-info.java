/**
 * Every decision, with its evidence. Used from the control thread alone. {@link
 * io.evenkeel.controller.audit.AuditSink} is the edge.
 */
@NullMarked
package io.evenkeel.controller.audit;

import org.jspecify.annotations.NullMarked;

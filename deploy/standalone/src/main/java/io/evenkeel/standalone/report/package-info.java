/**
 * What a run on one machine came to: the report of {@code --report}, measured from the database's
 * {@code ui_v1_*} views, the trainer's own report and the webhook sink.
 *
 * <p>Contract: nothing is estimated; what was not measured is null. Threading: none of its own.
 * Must not import the supervisor or any service.
 */
@NullMarked
package io.evenkeel.standalone.report;

import org.jspecify.annotations.NullMarked;

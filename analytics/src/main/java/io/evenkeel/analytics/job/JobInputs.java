package io.evenkeel.analytics.job;

import io.evenkeel.analytics.job.state.RawRecord;
import org.apache.flink.api.connector.source.Source;

/**
 * Where the job reads from.
 *
 * @param telemetry StepTelemetry in wire format
 * @param runs RunSpec in wire format
 * @param rules AlertRule in wire format, by key; a tombstone deletes
 */
public record JobInputs(
    Source<RawRecord, ?, ?> telemetry,
    Source<RawRecord, ?, ?> runs,
    Source<RawRecord, ?, ?> rules) {}

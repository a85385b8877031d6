package io.evenkeel.analytics.job;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.signal.StepSignals;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * Where the job writes to. At least once is enough: ids are the same when a record is written
 * again.
 *
 * @param signals signals in step order within a run
 * @param alerts alert events in step order within a run
 * @param deadLetters what could not be read or processed
 */
public record JobOutputs(
    Sink<StepSignals> signals, Sink<AlertEvent> alerts, Sink<DeadLetter> deadLetters) {}

package io.evenkeel.contract.command;

/**
 * What a person asks concerning alerts and who is told of them. It is not steering: the controller
 * answers it whether or not a run goes on, and it may be bound to no run.
 */
public sealed interface AlertRequest extends RequestBody
    permits SilenceAlerts,
        EndSilence,
        AcknowledgeAlert,
        ReplayNotice,
        TestReceiver,
        SaveAlertConfig {}

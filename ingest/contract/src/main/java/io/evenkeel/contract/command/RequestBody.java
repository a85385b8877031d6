package io.evenkeel.contract.command;

/** What an operator asks of the controller. */
public sealed interface RequestBody
    permits SetMode, SetKnob, Hold, Approval, KillSwitch, RunAction, AlertRequest {}

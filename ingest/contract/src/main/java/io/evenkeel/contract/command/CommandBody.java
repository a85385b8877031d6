package io.evenkeel.contract.command;

/** What a command asks of the trainer. */
public sealed interface CommandBody permits SetKnob, RunAction, Lease {}

package io.evenkeel.gateway.otlp;

/** A step of a rank. */
record StepId(Rank rank, long step) {}

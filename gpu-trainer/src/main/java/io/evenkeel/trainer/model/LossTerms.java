package io.evenkeel.trainer.model;

/**
 * Losses of a forward pass, nats, means over the tokens.
 *
 * @param languageModel L_LM
 * @param loadBalance mean over layers of the unscaled L_LB
 * @param hiddenZ L_Z, lambda included
 * @param total the objective
 */
public record LossTerms(double languageModel, double loadBalance, double hiddenZ, double total) {}

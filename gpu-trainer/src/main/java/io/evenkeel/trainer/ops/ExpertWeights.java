package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.Tensor;

/**
 * The weights of all FFN experts of a layer, or their gradients.
 *
 * @param gate [N,f,d]
 * @param up [N,f,d]
 * @param down [N,d,f]
 */
public record ExpertWeights(Tensor gate, Tensor up, Tensor down) {}

package io.evenkeel.trainer.control;

import io.evenkeel.contract.error.ErrorId;

/**
 * Why a command is not carried out.
 *
 * @param error catalogue id
 * @param reason a sentence for people
 */
public record Refusal(ErrorId error, String reason) {}

package io.evenkeel.controller.policy;

/**
 * An incident that is firing.
 *
 * @param rule rule id
 * @param scope scope
 * @param firstStep first step at which the condition held
 */
public record FiringAlert(String rule, String scope, long firstStep) {}

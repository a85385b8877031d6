package io.evenkeel.ui.rules;

/**
 * What is wrong with a draft.
 *
 * @param component {@code expression}, {@code threshold}, {@code rule}, ...
 * @param line of the expression, from 1; 0 where it is not about a place in it
 * @param column likewise, from 1
 * @param message a clause for people; holds what was typed
 */
public record RuleIssue(String component, int line, int column, String message) {}

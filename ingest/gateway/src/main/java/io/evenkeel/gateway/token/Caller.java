package io.evenkeel.gateway.token;

import io.evenkeel.gateway.problem.GatewayException;

/**
 * Whose request it is. Controllers take it as {@code @RequestAttribute(Caller.ATTRIBUTE)}.
 *
 * @param token id of the token
 * @param runs the runs that it covers
 */
public record Caller(String token, RunPattern runs) {

  /** The request's attribute. */
  public static final String ATTRIBUTE = "io.evenkeel.gateway.caller";

  /** Whether it may write, and read the commands of, a run. */
  public boolean covers(String run) {
    return runs.covers(run);
  }

  /**
   * Requires that it covers a run.
   *
   * @throws GatewayException 403 if not
   */
  public void require(String run) {
    if (!covers(run)) {
      throw GatewayException.outOfScope(refusal(run));
    }
  }

  /** A sentence about a run that it does not cover. */
  public String refusal(String run) {
    return "The token " + token + " covers the runs " + runs + ", not " + run + ".";
  }
}

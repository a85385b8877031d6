package io.evenkeel.controller.command;

/**
 * Who is behind a command: a policy by its name, a person as {@code operator:NAME}, a person who
 * has approved what a policy proposed as {@code operator:NAME for POLICY}, or the guard.
 */
public final class Origin {

  private static final String OPERATOR = "operator:";
  private static final String FOR = " for ";
  private static final int MOST = 256;

  private Origin() {}

  /** A person. */
  public static String operator(String name) {
    return cut(OPERATOR + name, MOST);
  }

  /** A person who has approved what a policy proposed. */
  public static String approved(String name, String policy) {
    String end = FOR + policy;
    return cut(OPERATOR + name, MOST - end.length()) + end;
  }

  /** The policy whose idea it was; what is no policy's is returned as it is. */
  public static String policyOf(String origin) {
    int end = origin.lastIndexOf(FOR);
    return origin.startsWith(OPERATOR) && end >= 0 ? origin.substring(end + FOR.length()) : origin;
  }

  /** Whether a person alone is behind it. */
  public static boolean isOperator(String origin) {
    return policyOf(origin).startsWith(OPERATOR);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}

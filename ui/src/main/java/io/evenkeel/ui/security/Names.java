package io.evenkeel.ui.security;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import java.util.regex.Pattern;

/** Names of accounts and tokens: what may stand in a log, an audit and a URL as it is. */
final class Names {
  private static final Pattern ALLOWED = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,63}");

  private Names() {}

  /**
   * The name, as it is.
   *
   * @throws Refusal if it is not one
   */
  static String checked(String name) {
    if (!isName(name)) {
      throw Refusal.invalid(
          ErrorId.ACCOUNT_INVALID,
          "A name has 1 to 64 small letters, digits, dots, underscores, hyphens and @, and begins"
              + " with a letter or digit.");
    }
    return name;
  }

  /** Whether it is a name. */
  static boolean isName(String name) {
    return ALLOWED.matcher(name).matches();
  }
}

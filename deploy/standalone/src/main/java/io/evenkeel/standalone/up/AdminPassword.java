package io.evenkeel.standalone.up;

import java.io.IOException;
import java.security.SecureRandom;

/**
 * The password of the dashboard's admin.
 *
 * @param value given to the dashboard
 * @param told what the console says of it
 */
record AdminPassword(String value, String told) {
  private static final String VARIABLE = "EVENKEEL_ADMIN_PASSWORD";
  private static final String FILE = "admin-password";

  /** The one in the environment, or else that of the data folder, made at its first start. */
  static AdminPassword of(DataFolder folder) throws IOException {
    String given = System.getenv(VARIABLE);
    if (given != null && !given.isBlank()) {
      return new AdminPassword(given, "as in " + VARIABLE);
    }
    String kept = folder.secret(FILE, new Secrets(new SecureRandom())::password);
    return new AdminPassword(kept, kept + "   (kept in " + folder.root().resolve(FILE) + ")");
  }
}

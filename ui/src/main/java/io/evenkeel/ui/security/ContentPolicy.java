package io.evenkeel.ui.security;

/**
 * What a browser may load and run (Content Security Policy, level 3). Nothing comes from elsewhere,
 * nothing may frame a page, and no inline script runs but those with the answer's own nonce. Two
 * things stay open, since Flow 25.2 needs them: {@code unsafe-eval} for scripts, as its client
 * makes functions of the expressions that the server sends, and {@code unsafe-inline} for styles,
 * as its components write style attributes.
 */
public final class ContentPolicy {
  /** The header's name. */
  public static final String HEADER = "Content-Security-Policy";

  private static final String REST =
      "; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:;"
          + " connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'none';"
          + " frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self';"
          + " frame-ancestors 'none'";

  private ContentPolicy() {}

  /** The policy of what is no page: scripts of this origin alone, and no evaluation. */
  public static String strict() {
    return "default-src 'self'; script-src 'self'" + REST;
  }

  /**
   * The policy of a page.
   *
   * @param scripts further sources of scripts
   */
  public static String withScripts(String scripts) {
    return "default-src 'self'; script-src 'self' 'unsafe-eval' " + scripts + REST;
  }
}

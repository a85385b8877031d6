package io.evenkeel.ui.security;

/** What a person may do; each role may do all that the ones before it may. */
public enum Role {
  /** Looks. */
  VIEWER,
  /** Sets knobs, holds them, answers proposals, pulls the kill switch. */
  OPERATOR,
  /** Changes how far Evenkeel may go by itself. */
  ADMIN;

  /** The authority's name in Spring Security. */
  public String authority() {
    return "ROLE_" + name();
  }
}

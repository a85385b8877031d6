package io.evenkeel.ui.security;

import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/** Asks who is acting, and refuses those who may not. Reads the caller's security context. */
@Component
public class Access {

  /**
   * Lets only those pass who have the role, by themselves or through a higher one.
   *
   * @throws AccessDeniedException otherwise
   */
  public void require(Role role) {
    if (!has(role)) {
      throw new AccessDeniedException(
          "This needs the role " + role.name().toLowerCase(java.util.Locale.ROOT) + ".");
    }
  }

  /** Whether the caller has the role, by itself or through a higher one. */
  public boolean has(Role role) {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    if (caller == null
        || !caller.isAuthenticated()
        || caller instanceof AnonymousAuthenticationToken) {
      return false;
    }
    for (Role held : Role.values()) {
      if (held.compareTo(role) >= 0
          && caller.getAuthorities().stream()
              .anyMatch(authority -> held.authority().equals(authority.getAuthority()))) {
        return true;
      }
    }
    return false;
  }

  /**
   * The caller's name.
   *
   * @throws AccessDeniedException if nobody is logged in
   */
  public String user() {
    require(Role.VIEWER);
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    if (caller == null) {
      throw new AccessDeniedException("Nobody is logged in.");
    }
    return caller.getName();
  }
}

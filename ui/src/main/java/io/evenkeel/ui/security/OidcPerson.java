package io.evenkeel.ui.security;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;

/** Somebody who came by single sign-on, under a name that no account has. */
final class OidcPerson extends DefaultOidcUser {
  private static final long serialVersionUID = 1L;

  private final String name;

  OidcPerson(String name, GrantedAuthority role, OidcIdToken token) {
    super(List.of(role), token);
    this.name = name;
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OidcPerson person && name.equals(person.name) && super.equals(other);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + super.hashCode();
  }
}

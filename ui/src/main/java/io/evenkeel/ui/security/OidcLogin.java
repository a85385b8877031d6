package io.evenkeel.ui.security;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.activity.ActivityLog;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.SupplierClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.stereotype.Component;

/**
 * Single sign-on by OpenID Connect, where the environment names a provider. The provider says who
 * somebody is, and by a claim which role; who has none of the three may not enter. Nothing of them
 * is kept but what they did. The provider is asked at the first login, not at the start.
 */
@Component
public class OidcLogin {
  /** Where the login page's link leads to. */
  public static final String START = "oauth2/authorization/oidc";

  private static final Logger LOG = LoggerFactory.getLogger(OidcLogin.class);
  private static final String REGISTRATION = "oidc";

  private final ActivityLog activity;
  private final String issuer;
  private final String clientId;
  private final String clientSecret;
  private final String roleClaim;

  OidcLogin(
      ActivityLog activity,
      @Value("${evenkeel.ui.oidc-issuer:}") String issuer,
      @Value("${evenkeel.ui.oidc-client-id:}") String clientId,
      @Value("${evenkeel.ui.oidc-client-secret:}") String clientSecret,
      @Value("${evenkeel.ui.oidc-role-claim:evenkeel_role}") String roleClaim) {
    this.activity = activity;
    this.issuer = issuer;
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.roleClaim = roleClaim;
    if (!issuer.isEmpty() && (clientId.isEmpty() || clientSecret.isEmpty())) {
      throw new IllegalArgumentException(
          ErrorId.CONFIG_INVALID.line(
              "EVENKEEL_OIDC_ISSUER needs EVENKEEL_OIDC_CLIENT_ID and EVENKEEL_OIDC_CLIENT_SECRET."));
    }
  }

  /** Whether there is a provider. */
  public boolean isConfigured() {
    return !issuer.isEmpty();
  }

  /** Adds the login to the pages' chain, if there is a provider. */
  void addTo(HttpSecurity http, AuthenticationFailureHandler failed) {
    if (isConfigured()) {
      http.oauth2Login(
          login ->
              login
                  .loginPage("/login")
                  .clientRegistrationRepository(
                      new SupplierClientRegistrationRepository(
                          () -> new InMemoryClientRegistrationRepository(registration())))
                  .authorizedClientRepository(new HttpSessionOAuth2AuthorizedClientRepository())
                  .userInfoEndpoint(info -> info.oidcUserService(this::load))
                  .failureHandler(failed));
    }
  }

  private ClientRegistration registration() {
    return ClientRegistrations.fromIssuerLocation(issuer)
        .registrationId(REGISTRATION)
        .clientId(clientId)
        .clientSecret(clientSecret)
        .scope("openid", "profile", "email")
        .build();
  }

  private OidcUser load(OidcUserRequest request) {
    OidcUser user = new OidcUserService().loadUser(request);
    String name = "oidc:" + name(user);
    Optional<Role> role = role(user.getClaim(roleClaim));
    if (role.isEmpty()) {
      activity.refused(name, "login", name, "The claim " + roleClaim + " names no role.");
      LOG.warn(ErrorId.ACCESS_ROLE.line("The claim " + roleClaim + " of a login names no role."));
      throw new OAuth2AuthenticationException(new OAuth2Error(ErrorId.ACCESS_ROLE.id()));
    }
    activity.done(name, "login", name, "Single sign-on.");
    return new OidcPerson(
        name, new SimpleGrantedAuthority(role.get().authority()), user.getIdToken());
  }

  // What a person may choose freely at the provider must not look like somebody else here.
  private static String name(OidcUser user) {
    for (String wanted : new String[] {"preferred_username", "email", "sub"}) {
      String claim = user.getClaimAsString(wanted);
      String name = claim == null ? "" : claim.toLowerCase(Locale.ROOT);
      if (Names.isName(name)) {
        return name;
      }
    }
    throw new OAuth2AuthenticationException(new OAuth2Error(ErrorId.ACCOUNT_INVALID.id()));
  }

  /** The highest role that a claim names: a text, or a list of texts. */
  static Optional<Role> role(@Nullable Object claim) {
    Collection<?> names =
        claim instanceof Collection<?> many ? many : claim == null ? List.of() : List.of(claim);
    for (Role role : List.of(Role.ADMIN, Role.OPERATOR, Role.VIEWER)) {
      String plain = role.name().toLowerCase(Locale.ROOT);
      if (names.contains(plain) || names.contains("evenkeel-" + plain)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}

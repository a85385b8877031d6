package io.evenkeel.ui.security;

import com.vaadin.flow.spring.security.VaadinDefaultRequestCache;
import com.vaadin.flow.spring.security.VaadinSecurityConfigurer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.session.ChangeSessionIdAuthenticationStrategy;
import org.springframework.security.web.authentication.session.CompositeSessionAuthenticationStrategy;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.header.writers.StaticHeadersWriter;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;

/**
 * The pages' chain: form login over the dashboard's accounts, a new session id at login, tokens
 * against forged requests. Every page but the login page needs an account.
 */
@Configuration
@EnableWebSecurity
public class SecurityConfiguration {
  @Bean
  @Order(2)
  SecurityFilterChain pages(
      HttpSecurity http,
      PasswordLogin login,
      OidcLogin oidc,
      Sessions sessions,
      VaadinDefaultRequestCache asked)
      throws Exception {
    asked.setDelegateRequestCache(addressAsItWas());
    http.authorizeHttpRequests(
        requests ->
            requests
                .requestMatchers("/evenkeel.css", "/evenkeel.svg", "/aura/**", "/favicon.ico")
                .permitAll());
    http.headers(
        headers ->
            headers
                .contentSecurityPolicy(policy -> policy.policyDirectives(ContentPolicy.strict()))
                .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN))
                .permissionsPolicyHeader(
                    policy ->
                        policy.policy(
                            "camera=(), microphone=(), geolocation=(), usb=(), payment=()"))
                .addHeaderWriter(
                    new StaticHeadersWriter("Cross-Origin-Opener-Policy", "same-origin"))
                .addHeaderWriter(
                    new StaticHeadersWriter("Cross-Origin-Resource-Policy", "same-origin"))
                .frameOptions(frame -> frame.deny())
                .withObjectPostProcessor(new WriteHeadersEagerly()));
    http.sessionManagement(session -> session.sessionAuthenticationStrategy(atLogin(sessions)));
    http.authenticationProvider(login);
    http.with(VaadinSecurityConfigurer.vaadin(), vaadin -> vaadin.loginView("/login"));
    // After it, or Spring would take the page for none and serve one of its own.
    http.formLogin(form -> form.failureHandler(SecurityConfiguration::failed));
    oidc.addTo(http, SecurityConfiguration::failed);
    return http.build();
  }

  // Who logs in comes to the page that was asked for, and to nothing that Spring adds to its
  // address.
  @SuppressWarnings("NullAway") // Null is the documented way to add nothing.
  private static HttpSessionRequestCache addressAsItWas() {
    var cache = new HttpSessionRequestCache();
    cache.setMatchingRequestParameterName(null);
    return cache;
  }

  @Bean
  Passwords passwords() {
    return new Passwords();
  }

  // A session gets a new id before anybody is in it, and is ended when its account changes.
  private static SessionAuthenticationStrategy atLogin(Sessions sessions) {
    return new CompositeSessionAuthenticationStrategy(
        List.of(
            new ChangeSessionIdAuthenticationStrategy(),
            (login, request, response) ->
                sessions.remember(login.getName(), request.getSession())));
  }

  private static void failed(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException refusal)
      throws IOException {
    String how = refusal instanceof LoginWait wait ? "wait=" + wait.seconds() : "error";
    response.sendRedirect(request.getContextPath() + "/login?" + how);
  }

  // Flow's servlet is reached by a forward, which commits the response past the filter that would
  // add them late.
  private static final class WriteHeadersEagerly
      implements ObjectPostProcessor<HeaderWriterFilter> {
    @Override
    public <F extends HeaderWriterFilter> F postProcess(F filter) {
      filter.setShouldWriteHeadersEagerly(true);
      return filter;
    }
  }
}

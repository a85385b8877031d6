package io.evenkeel.ui.security;

import com.vaadin.flow.spring.security.VaadinSecurityConfigurer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/**
 * Form login over accounts in memory, whose passwords come from the environment and are kept as
 * bcrypt hashes; a session gets a new id at login. Every page but the login page needs an account.
 */
@Configuration
@EnableWebSecurity
public class SecurityConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(SecurityConfiguration.class);

  // Flow's bootstrap is inline and its client evaluates what the server sends; nothing may come
  // from elsewhere.
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval';"
          + " style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:;"
          + " connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self';"
          + " frame-ancestors 'none'";

  @Bean
  @Order(2)
  SecurityFilterChain pages(HttpSecurity http) throws Exception {
    http.authorizeHttpRequests(
        requests ->
            requests
                .requestMatchers("/evenkeel.css", "/evenkeel.svg", "/aura/**", "/favicon.ico")
                .permitAll());
    http.headers(
        headers ->
            headers
                .contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT_SECURITY_POLICY))
                .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN))
                .permissionsPolicyHeader(
                    policy -> policy.policy("camera=(), microphone=(), geolocation=(), usb=()"))
                .frameOptions(frame -> frame.deny())
                .withObjectPostProcessor(new WriteHeadersEagerly()));
    http.sessionManagement(
        session -> session.sessionFixation(fixation -> fixation.changeSessionId()));
    http.with(VaadinSecurityConfigurer.vaadin(), vaadin -> vaadin.loginView("/login"));
    return http.build();
  }

  @Bean
  PasswordEncoder passwordEncoder() {
    return new BCryptPasswordEncoder(10);
  }

  /**
   * The accounts: {@code admin} always, {@code operator} and {@code viewer} where a password is
   * given. Without a password for admin one is drawn and logged once.
   */
  @Bean
  UserDetailsService accounts(
      PasswordEncoder encoder,
      @Value("${evenkeel.ui.admin-password:}") String adminPassword,
      @Value("${evenkeel.ui.operator-password:}") String operatorPassword,
      @Value("${evenkeel.ui.viewer-password:}") String viewerPassword) {
    List<UserDetails> accounts = new ArrayList<>();
    String admin = adminPassword;
    if (admin.isEmpty()) {
      admin = drawPassword();
      LOG.warn(
          "EVENKEEL_ADMIN_PASSWORD is not set; the password of admin is {} until the next start",
          admin);
    }
    accounts.add(account("admin", encoder.encode(admin), Role.ADMIN));
    if (!operatorPassword.isEmpty()) {
      accounts.add(account("operator", encoder.encode(operatorPassword), Role.OPERATOR));
    }
    if (!viewerPassword.isEmpty()) {
      accounts.add(account("viewer", encoder.encode(viewerPassword), Role.VIEWER));
    }
    return new InMemoryUserDetailsManager(accounts);
  }

  private static UserDetails account(
      String name, @org.jspecify.annotations.Nullable String hash, Role role) {
    return User.withUsername(name).password(hash).authorities(role.authority()).build();
  }

  private static String drawPassword() {
    byte[] bytes = new byte[15];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
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

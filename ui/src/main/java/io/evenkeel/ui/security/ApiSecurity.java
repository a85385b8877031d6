package io.evenkeel.ui.security;

import io.evenkeel.ui.problem.Problem;
import io.evenkeel.ui.problem.Refusal;
import jakarta.servlet.DispatcherType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;

/**
 * The API's own chain: tokens, no sessions, and so nothing that another site could forge. What a
 * caller may do stands at each method ({@link Needs}).
 */
@Configuration
class ApiSecurity {

  @Bean
  @Order(1)
  SecurityFilterChain api(HttpSecurity http, ApiTokens tokens, RequestRates rates)
      throws Exception {
    http.securityMatcher("/api/**");
    http.csrf(AbstractHttpConfigurer::disable);
    http.requestCache(AbstractHttpConfigurer::disable);
    http.logout(AbstractHttpConfigurer::disable);
    http.sessionManagement(
        session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
    http.headers(
        headers ->
            headers
                .contentSecurityPolicy(
                    policy -> policy.policyDirectives("default-src 'none'; frame-ancestors 'none'"))
                .frameOptions(frame -> frame.deny()));
    http.authorizeHttpRequests(
        requests ->
            requests
                // An answer on its way out was allowed when it was asked for.
                .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                .permitAll()
                .requestMatchers("/api/v1/openapi")
                .permitAll()
                .anyRequest()
                .authenticated());
    http.exceptionHandling(
        refused ->
            refused
                .authenticationEntryPoint(
                    (request, response, e) ->
                        Problem.write(
                            response,
                            Refusal.unknownCaller(
                                "The request has no header Authorization: Bearer TOKEN.")))
                .accessDeniedHandler(
                    (request, response, e) ->
                        Problem.write(response, Refusal.forbidden("This is not allowed."))));
    http.addFilterBefore(new TokenFilter(tokens, rates), AuthorizationFilter.class);
    return http.build();
  }
}

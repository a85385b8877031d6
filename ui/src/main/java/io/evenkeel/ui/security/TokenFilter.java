package io.evenkeel.ui.security;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Problem;
import io.evenkeel.ui.problem.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells who a request of the API comes from, by its bearer token alone: a session's cookie is
 * nobody here, so that no other site can make a browser act.
 */
final class TokenFilter extends OncePerRequestFilter {
  private static final String SCHEME = "Bearer ";

  private final ApiTokens tokens;
  private final RequestRates rates;

  TokenFilter(ApiTokens tokens, RequestRates rates) {
    this.tokens = tokens;
    this.rates = rates;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String secret = secret(request);
    if (secret != null) {
      try {
        ApiToken token = known(secret, request);
        rates.admit(token);
        SecurityContextHolder.setContext(context(token));
      } catch (Refusal refusal) {
        Problem.write(response, refusal);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private ApiToken known(String secret, HttpServletRequest request) {
    Optional<ApiToken> token;
    try {
      token = tokens.find(secret);
    } catch (DataAccessException e) {
      throw Refusal.unavailable(
          ErrorId.DB_UNAVAILABLE, "The database, which holds the tokens, cannot be reached.");
    }
    if (token.isEmpty()) {
      rates.stranger(request.getRemoteAddr());
      throw Refusal.unknownCaller("The token is unknown, has expired or was revoked.");
    }
    return token.get();
  }

  private static SecurityContext context(ApiToken token) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        UsernamePasswordAuthenticationToken.authenticated(
            token.actor(), null, List.of(new SimpleGrantedAuthority(token.role().authority()))));
    return context;
  }

  private static @Nullable String secret(HttpServletRequest request) {
    String header = request.getHeader("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    return header.substring(SCHEME.length()).strip();
  }
}

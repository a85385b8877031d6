package io.evenkeel.gateway.token;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.problem.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets nobody pass without a token, but to what is open to all. */
public final class TokenFilter extends OncePerRequestFilter {

  private static final int UNAUTHORIZED = 401;
  private static final String SCHEME = "Bearer ";
  private static final String ACTUATOR = "/actuator/";
  private static final Set<String> OPEN = Set.of("/api/v1/openapi", "/error");

  private final Tokens tokens;

  /** A filter that asks {@code tokens}. */
  public TokenFilter(Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = request.getServletPath();
    return OPEN.contains(path) || path.startsWith(ACTUATOR);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String secret = secret(request);
    Optional<Caller> caller = secret == null ? Optional.empty() : tokens.find(secret);
    if (caller.isPresent()) {
      request.setAttribute(Caller.ATTRIBUTE, caller.get());
      chain.doFilter(request, response);
      return;
    }
    response.setHeader("WWW-Authenticate", "Bearer");
    Problem.write(request, response, UNAUTHORIZED, ErrorId.GATEWAY_TOKEN, why(secret), Map.of());
  }

  private String why(@Nullable String secret) {
    if (tokens.isEmpty()) {
      return "The gateway has no tokens yet, and refuses every request.";
    }
    return secret == null
        ? "The request has no header Authorization: Bearer TOKEN."
        : "The token is unknown or has expired.";
  }

  private static @Nullable String secret(HttpServletRequest request) {
    String header = request.getHeader("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    return header.substring(SCHEME.length()).strip();
  }
}

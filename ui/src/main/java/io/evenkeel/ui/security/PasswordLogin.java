package io.evenkeel.ui.security;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.activity.ActivityLog;
import io.evenkeel.ui.activity.CallerAddress;
import io.evenkeel.ui.store.OwnTables;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Looks at name and password. Whether the name is unknown, the password wrong or the account
 * disabled is told nobody, neither in words nor by the time it takes. Thread-safe.
 */
@Component
class PasswordLogin implements AuthenticationProvider {
  private static final Logger LOG = LoggerFactory.getLogger(PasswordLogin.class);
  private static final int LONGEST_NAME = 100;

  private final OwnTables tables;
  private final SeededAccounts environment;
  private final ActivityLog activity;
  private final Lockout lockout;
  private final PastFailures past;
  private final Passwords passwords;
  private final Clock clock;

  PasswordLogin(
      OwnTables tables,
      SeededAccounts environment,
      ActivityLog activity,
      Lockout lockout,
      PastFailures past,
      Passwords passwords,
      Clock clock) {
    this.tables = tables;
    this.environment = environment;
    this.activity = activity;
    this.lockout = lockout;
    this.past = past;
    this.passwords = passwords;
    this.clock = clock;
  }

  @Override
  public Authentication authenticate(Authentication attempt) {
    String typed = attempt.getName().strip().toLowerCase(Locale.ROOT);
    String name = typed.length() > LONGEST_NAME ? typed.substring(0, LONGEST_NAME) : typed;
    String password = String.valueOf(attempt.getCredentials());
    String address = CallerAddress.current();
    past.recall();
    Duration wait = lockout.begin(name, address);
    if (!wait.isZero()) {
      throw new LoginWait(wait);
    }
    Optional<Role> role = role(name, password);
    if (role.isEmpty()) {
      activity.refused(name, PastFailures.LOGIN, name, ErrorId.LOGIN_REFUSED.id());
      throw new BadCredentialsException(ErrorId.LOGIN_REFUSED.id());
    }
    lockout.succeeded(name, address);
    activity.done(name, PastFailures.LOGIN, name, "");
    var authority = new SimpleGrantedAuthority(role.get().authority());
    return UsernamePasswordAuthenticationToken.authenticated(
        User.withUsername(name).password("").authorities(authority).build(),
        null,
        List.of(authority));
  }

  private Optional<Role> role(String name, String password) {
    Optional<AccountRows.Row> row;
    try {
      environment.ready();
      row = Names.isName(name) ? AccountRows.find(tables.client(), name) : Optional.empty();
    } catch (DataAccessException | TransactionException e) {
      LOG.warn(
          "{} ({})",
          ErrorId.DB_UNAVAILABLE.line("A login is checked against the environment alone."),
          e.toString());
      passwords.matchNobody(password);
      return environment.match(name, password);
    }
    if (row.isEmpty()) {
      passwords.matchNobody(password);
      return Optional.empty();
    }
    if (!passwords.matches(password, row.get().hash())
        || row.get().account().state() == Account.State.DISABLED) {
      return Optional.empty();
    }
    try {
      AccountRows.loggedIn(tables.client(), name, clock.instant());
    } catch (DataAccessException e) {
      LOG.debug("a login was not marked", e);
    }
    return Optional.of(row.get().account().role());
  }

  @Override
  public boolean supports(Class<?> authentication) {
    return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
  }
}

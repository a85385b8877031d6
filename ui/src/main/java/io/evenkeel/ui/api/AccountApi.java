package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.activity.Activity;
import io.evenkeel.ui.activity.ActivityLog;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Account;
import io.evenkeel.ui.security.Accounts;
import io.evenkeel.ui.security.ApiToken;
import io.evenkeel.ui.security.ApiTokens;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Accounts, tokens, and what people did. */
@RestController
class AccountApi {
  private static final int LONGEST_NAME = 64;
  private static final int MOST_DAYS = 3_650;

  private final Accounts accounts;
  private final ApiTokens tokens;
  private final ActivityLog activity;
  private final Access access;

  AccountApi(Accounts accounts, ApiTokens tokens, ActivityLog activity, Access access) {
    this.accounts = accounts;
    this.tokens = tokens;
    this.activity = activity;
    this.access = access;
  }

  /**
   * Who asks.
   *
   * @param name as the audit has it
   * @param role in small letters
   */
  record Me(String name, String role) {}

  /**
   * A secret that is told this once.
   *
   * @param name of the account or token
   * @param secret password or token
   */
  record Secret(String name, String secret) {
    @Override
    public String toString() {
      return "Secret[" + name + "]";
    }
  }

  @GetMapping("/api/v1/me")
  @Needs(Role.VIEWER)
  Me me() {
    Role held = access.has(Role.OPERATOR) ? Role.OPERATOR : Role.VIEWER;
    Role role = access.has(Role.ADMIN) ? Role.ADMIN : held;
    return new Me(access.user(), role.name().toLowerCase(Locale.ROOT));
  }

  @GetMapping("/api/v1/users")
  @Needs(Role.ADMIN)
  Page<Account> users() {
    return new Page<>(accounts.all(), null);
  }

  @PostMapping("/api/v1/users")
  @Needs(Role.ADMIN)
  @ResponseStatus(HttpStatus.CREATED)
  Secret createUser(@RequestBody(required = false) @Nullable JsonNode body) {
    Fields fields = Fields.of(body);
    String name = fields.text("name", LONGEST_NAME);
    Role role = fields.choice("role", Role.class).orElse(Role.VIEWER);
    fields.check();
    return new Secret(name, accounts.create(name, role));
  }

  @PatchMapping("/api/v1/users/{name}")
  @Needs(Role.ADMIN)
  Account changeUser(
      @PathVariable String name, @RequestBody(required = false) @Nullable JsonNode body) {
    Fields fields = Fields.of(body);
    Optional<Role> role = fields.has("role") ? fields.choice("role", Role.class) : Optional.empty();
    Optional<Account.State> state =
        fields.has("state") ? fields.choice("state", Account.State.class) : Optional.empty();
    fields.check();
    role.ifPresent(wanted -> accounts.setRole(name, wanted));
    state.ifPresent(wanted -> accounts.setState(name, wanted));
    return accounts.all().stream()
        .filter(account -> account.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> Refusal.notFound(ErrorId.ACCOUNT_UNKNOWN, "There is no account of this name."));
  }

  @PostMapping("/api/v1/users/{name}/reset")
  @Needs(Role.ADMIN)
  Secret reset(@PathVariable String name) {
    return new Secret(name, accounts.resetPassword(name));
  }

  @GetMapping("/api/v1/tokens")
  @Needs(Role.ADMIN)
  Page<ApiToken> tokens() {
    return new Page<>(tokens.all(), null);
  }

  @PostMapping("/api/v1/tokens")
  @Needs(Role.ADMIN)
  @ResponseStatus(HttpStatus.CREATED)
  Secret createToken(@RequestBody(required = false) @Nullable JsonNode body) {
    Fields fields = Fields.of(body);
    String name = fields.text("name", LONGEST_NAME);
    Role role = fields.choice("role", Role.class).orElse(Role.VIEWER);
    long days = fields.whole("days", 1, MOST_DAYS, 0);
    fields.check();
    ApiTokens.Made made = tokens.create(name, role, days == 0 ? null : Duration.ofDays(days));
    return new Secret(name, made.secret());
  }

  @DeleteMapping("/api/v1/tokens/{name}")
  @Needs(Role.ADMIN)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(@PathVariable String name) {
    tokens.revoke(name);
  }

  @GetMapping("/api/v1/activity")
  @Needs(Role.ADMIN)
  Page<Activity> activity(
      @RequestParam(defaultValue = Page.DEFAULT) int limit,
      @RequestParam(defaultValue = "") String after) {
    List<String> place = Page.after(after, 1);
    long before = Long.MAX_VALUE;
    if (!place.isEmpty()) {
      try {
        before = Long.parseLong(place.get(0));
      } catch (NumberFormatException e) {
        throw Page.noPlace();
      }
    }
    return Page.of(
        activity.newest(before, Page.limit(limit) + 1),
        limit,
        line -> List.of(Long.toString(line.id())));
  }
}

package io.evenkeel.ui.security.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.evenkeel.ui.activity.Activity;
import io.evenkeel.ui.activity.ActivityLog;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.security.Account;
import io.evenkeel.ui.security.Accounts;
import io.evenkeel.ui.security.ApiToken;
import io.evenkeel.ui.security.ApiTokens;
import io.evenkeel.ui.security.Role;
import io.evenkeel.ui.store.StoreFault;
import jakarta.annotation.security.RolesAllowed;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.springframework.security.access.AccessDeniedException;

/** Who may log in, which tokens open the API, and what people did. Texts are set as text. */
@Route("users")
@PageTitle("Users and tokens · Evenkeel")
@RolesAllowed("ADMIN")
public final class UsersView extends Main {
  private static final int LINES = 200;
  private static final int MOST_DAYS = 3_650;

  private final transient Accounts accounts;
  private final transient ApiTokens tokens;
  private final transient ActivityLog activity;
  private final Span trouble = new Span();
  private final SecretNote secret = new SecretNote();
  private final AccountGrid accountGrid;
  private final TokenGrid tokenGrid;
  private final ActivityGrid activityGrid;

  /** Builds the page. */
  public UsersView(Accounts accounts, ApiTokens tokens, ActivityLog activity, Clock clock) {
    this.accounts = accounts;
    this.tokens = tokens;
    this.activity = activity;
    addClassName("page");
    setId("users");
    trouble.setId("users-trouble");
    trouble.addClassNames("banner", "bad");
    trouble.getElement().setAttribute("role", "alert");
    accountGrid = new AccountGrid(clock, new AccountButtons());
    tokenGrid = new TokenGrid(clock, token -> attempt(() -> tokens.revoke(token)));
    activityGrid = new ActivityGrid(clock);
    add(
        trouble,
        secret,
        card(
            "Accounts",
            "Viewers look, operators steer, admins decide how far Evenkeel may go and who may do what.",
            accountForm(),
            accountGrid),
        card(
            "Tokens",
            "For programs that use the API under /api/v1. The secret is kept as a hash alone.",
            tokenForm(),
            tokenGrid),
        card(
            "What people did",
            "The newest " + LINES + " lines; failed logins are told by the name that was typed.",
            activityGrid));
    attempt(() -> {});
  }

  private final class AccountButtons implements AccountGrid.Actions {
    @Override
    public void role(Account account, Role role) {
      attempt(() -> accounts.setRole(account.name(), role));
    }

    @Override
    public void state(Account account, Account.State state) {
      attempt(() -> accounts.setState(account.name(), state));
    }

    @Override
    public void reset(Account account) {
      attempt(
          () ->
              secret.show(
                  "The new password of " + account.name() + ", shown this once:",
                  accounts.resetPassword(account.name())));
    }
  }

  private Component accountForm() {
    var name = field("account-name", "Name of the new account", "name");
    Select<Role> role = roles("account-role", "Role of the new account", Role.VIEWER);
    var create =
        new Button(
            "Create account",
            click ->
                attempt(
                    () -> {
                      String wanted = name.getValue().strip();
                      secret.show(
                          "The password of " + wanted + ", shown this once:",
                          accounts.create(wanted, role.getValue()));
                      name.clear();
                    }));
    create.setId("account-create");
    return line(name, role, create);
  }

  private Component tokenForm() {
    var name = field("token-name", "Name of the new token", "name");
    Select<Role> role = roles("token-role", "Role of the new token", Role.VIEWER);
    var days = field("token-days", "Days until the token ends, empty for never", "days, or never");
    var create =
        new Button(
            "Create token",
            click ->
                attempt(
                    () -> {
                      String wanted = name.getValue().strip();
                      ApiTokens.Made made =
                          tokens.create(wanted, role.getValue(), lives(days.getValue().strip()));
                      secret.show("The token " + wanted + ", shown this once:", made.secret());
                      name.clear();
                      days.clear();
                    }));
    create.setId("token-create");
    return line(name, role, days, create);
  }

  private static @org.jspecify.annotations.Nullable Duration lives(String days) {
    if (days.isEmpty()) {
      return null;
    }
    if (!days.matches("[1-9][0-9]{0,3}") || Integer.parseInt(days) > MOST_DAYS) {
      throw Refusal.invalid(
          io.evenkeel.contract.error.ErrorId.ACCOUNT_INVALID,
          "Days are a whole number from 1 to " + MOST_DAYS + ".");
    }
    return Duration.ofDays(Integer.parseInt(days));
  }

  // Does it, tells what went wrong, and shows how things stand.
  private void attempt(Runnable action) {
    String wrong = "";
    try {
      action.run();
    } catch (Refusal refusal) {
      wrong = refusal.line();
    } catch (AccessDeniedException e) {
      wrong = "You may not do this. " + e.getMessage();
    } catch (RuntimeException e) {
      wrong = StoreFault.of(e).line();
    }
    try {
      accountGrid.show(accounts.all());
      List<ApiToken> all = tokens.all();
      tokenGrid.show(all);
      List<Activity> newest = activity.newest(Long.MAX_VALUE, LINES);
      activityGrid.show(newest);
    } catch (RuntimeException e) {
      wrong = wrong.isEmpty() ? StoreFault.of(e).line() : wrong;
    }
    trouble.setText(wrong);
    trouble.setVisible(!wrong.isEmpty());
  }

  private static TextField field(String id, String label, String placeholder) {
    var field = new TextField();
    field.setId(id);
    field.setAriaLabel(label);
    field.setPlaceholder(placeholder);
    return field;
  }

  static Select<Role> roles(String id, String label, Role chosen) {
    Select<Role> select = new Select<>();
    select.setId(id);
    select.setAriaLabel(label);
    select.setItems(Role.values());
    select.setItemLabelGenerator(role -> role.name().toLowerCase(Locale.ROOT));
    select.setValue(chosen);
    select.addClassName("mode-select");
    return select;
  }

  private static Component line(Component... parts) {
    var line = new Div(parts);
    line.addClassName("form-line");
    return line;
  }

  private static Section card(String title, String description, Component... content) {
    var text = new Span(description);
    text.addClassName("secondary");
    var head = new Div(new H3(title), text);
    head.addClassName("card-head");
    var card = new Section(head);
    card.add(content);
    card.addClassName("card");
    return card;
  }
}

package io.evenkeel.ui.security.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import io.evenkeel.ui.security.Account;
import io.evenkeel.ui.security.Role;
import java.time.Clock;
import java.util.List;

/** Accounts, and what can be done to them. */
final class AccountGrid extends Grid<Account> {

  /** What a line asks for. */
  interface Actions {
    void role(Account account, Role role);

    void state(Account account, Account.State state);

    void reset(Account account);
  }

  AccountGrid(Clock clock, Actions actions) {
    setId("accounts");
    setAllRowsVisible(true);
    addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_COMPACT, GridVariant.LUMO_WRAP_CELL_CONTENT);
    addColumn(Account::name).setHeader("Name").setFlexGrow(1);
    addComponentColumn(account -> role(account, actions))
        .setHeader("Role")
        .setWidth("170px")
        .setFlexGrow(0);
    addComponentColumn(AccountGrid::state).setHeader("State").setWidth("190px").setFlexGrow(0);
    addColumn(account -> Moments.ago(account.lastLoginAt(), clock))
        .setHeader("Last login")
        .setWidth("130px")
        .setFlexGrow(0);
    addColumn(Account::createdBy).setHeader("Made by").setWidth("150px").setFlexGrow(0);
    addComponentColumn(account -> buttons(account, actions))
        .setHeader("Change")
        .setWidth("270px")
        .setFlexGrow(0);
  }

  void show(List<Account> accounts) {
    setItems(accounts);
  }

  private static Select<Role> role(Account account, Actions actions) {
    Select<Role> role =
        UsersView.roles("role-of-" + account.name(), "Role of " + account.name(), account.role());
    role.addValueChangeListener(
        change -> {
          if (change.isFromClient() && change.getValue() != null) {
            actions.role(account, change.getValue());
          }
        });
    return role;
  }

  private static Div state(Account account) {
    boolean enabled = account.state() == Account.State.ENABLED;
    var badge = new Span(enabled ? "enabled" : "disabled");
    badge.addClassNames("badge", enabled ? "badge-good" : "badge-bad");
    var box = new Div(badge);
    if (account.password() == Account.Password.GIVEN) {
      var given = new Span(" password not changed yet");
      given.addClassName("secondary");
      box.add(given);
    }
    return box;
  }

  private static Div buttons(Account account, Actions actions) {
    boolean enabled = account.state() == Account.State.ENABLED;
    var state =
        new Button(
            enabled ? "Disable" : "Enable",
            click ->
                actions.state(account, enabled ? Account.State.DISABLED : Account.State.ENABLED));
    state.setId("state-of-" + account.name());
    state.setAriaLabel((enabled ? "Disable " : "Enable ") + account.name());
    var reset = new Button("Reset password", click -> actions.reset(account));
    reset.setId("reset-" + account.name());
    reset.setAriaLabel("Reset the password of " + account.name());
    var box = new Div(state, reset);
    box.addClassName("buttons");
    return box;
  }
}

package io.evenkeel.ui.security.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Input;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.NativeLabel;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.VaadinSession;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Account;
import io.evenkeel.ui.security.Accounts;
import io.evenkeel.ui.store.StoreFault;
import jakarta.annotation.security.PermitAll;
import java.util.Optional;

/** The own account: its role, and another password. */
@Route("account")
@PageTitle("Your account · Evenkeel")
@PermitAll
public final class AccountView extends Main {
  private final transient Accounts accounts;
  private final Input old = password("password-old", "current-password");
  private final Input wanted = password("password-new", "new-password");
  private final Input again = password("password-again", "new-password");
  private final Span answer = new Span();

  /** Builds the page. */
  public AccountView(Accounts accounts, Access access) {
    this.accounts = accounts;
    addClassName("page");
    setId("account");
    answer.setId("password-answer");
    answer.getElement().setAttribute("role", "status");
    var head = new Div(new H3("Password"), new Span("Other sessions of yours end."));
    head.addClassName("card-head");
    var card = new Section(head);
    card.addClassName("card");
    add(new Paragraph("You are logged in as " + access.user() + "."), card);
    try {
      Optional<Account> own = accounts.own();
      if (own.isEmpty()) {
        card.add(new Paragraph("The password of this account is kept elsewhere."));
        return;
      }
      if (own.get().password() == Account.Password.GIVEN) {
        var hint = new Paragraph("Somebody else has given this password: choose your own.");
        hint.addClassNames("banner", "warn");
        card.add(hint);
      }
    } catch (RuntimeException e) {
      answer.setText(StoreFault.of(e).line());
    }
    var change = new Button("Change password", click -> change());
    change.setId("password-change");
    var form =
        new Div(
            labelled("Old password", old),
            labelled("New password, at least 12 characters", wanted),
            labelled("New password again", again),
            change,
            answer);
    form.addClassName("form-column");
    card.add(form);
  }

  private void change() {
    String first = wanted.getValue();
    if (!first.equals(again.getValue())) {
      answer.setText("The two new passwords differ.");
      return;
    }
    try {
      accounts.changeOwnPassword(
          old.getValue(), first, VaadinSession.getCurrent().getSession().getId());
      answer.setText("The password is changed.");
    } catch (Refusal refusal) {
      answer.setText(refusal.line());
    } catch (RuntimeException e) {
      answer.setText(StoreFault.of(e).line());
    } finally {
      old.clear();
      wanted.clear();
      again.clear();
    }
  }

  private static Div labelled(String text, Input field) {
    var label = new NativeLabel(text);
    label.setFor(field);
    return new Div(label, field);
  }

  private static Input password(String id, String purpose) {
    var field = new Input();
    field.setId(id);
    field.setType("password");
    field.getElement().setAttribute("autocomplete", purpose);
    return field;
  }
}

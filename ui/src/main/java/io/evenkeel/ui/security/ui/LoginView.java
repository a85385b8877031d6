package io.evenkeel.ui.security.ui;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.login.LoginForm;
import com.vaadin.flow.component.login.LoginI18n;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.auth.AnonymousAllowed;
import io.evenkeel.ui.security.OidcLogin;

/** The login page; the form posts to Spring Security. */
@Route(value = "login", autoLayout = false)
@PageTitle("Log in · Evenkeel")
@AnonymousAllowed
public final class LoginView extends Main implements BeforeEnterObserver {
  private final LoginForm form = new LoginForm();

  /** Builds the page. */
  public LoginView(OidcLogin oidc) {
    addClassName("login-page");
    setId("login");
    form.setId("login-form");
    form.setAction("login");
    form.setForgotPasswordButtonVisible(false);
    form.setI18n(texts());
    var mark = new Image("evenkeel.svg", "");
    mark.addClassName("login-mark");
    var head = new Div(mark, new H1("Evenkeel"));
    head.addClassName("login-brand");
    var card =
        new Div(
            head,
            new Paragraph("Watches the training of mixture-of-experts models and keeps it steady."),
            form);
    card.addClassName("login-card");
    if (oidc.isConfigured()) {
      var single = new Anchor(OidcLogin.START, "Log in with single sign-on");
      single.setId("single-sign-on");
      single.setRouterIgnore(true);
      card.add(single);
    }
    add(card);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    QueryParameters asked = event.getLocation().getQueryParameters();
    asked.getSingleParameter("wait").filter(LoginView::isSeconds).ifPresent(this::tellWait);
    form.setError(
        asked.getParameters().containsKey("error") || asked.getParameters().containsKey("wait"));
  }

  // What stands in an address is anybody's: a number or nothing.
  private static boolean isSeconds(String text) {
    return text.matches("[1-9][0-9]{0,3}");
  }

  private void tellWait(String seconds) {
    LoginI18n texts = texts();
    texts.getErrorMessage().setTitle("Too many failed attempts");
    texts
        .getErrorMessage()
        .setMessage(
            "This attempt was not looked at. Try again in "
                + seconds
                + " s; an admin can reset the password meanwhile.");
    form.setI18n(texts);
  }

  private static LoginI18n texts() {
    LoginI18n texts = LoginI18n.createDefault();
    LoginI18n.Form fields = texts.getForm();
    fields.setTitle("Log in");
    fields.setUsername("User");
    fields.setPassword("Password");
    fields.setSubmit("Log in");
    LoginI18n.ErrorMessage error = texts.getErrorMessage();
    error.setTitle("That did not work");
    error.setMessage(
        "The user or the password is wrong, or the account is disabled. ./evenkeel up printed the"
            + " first password of admin.");
    return texts;
  }
}

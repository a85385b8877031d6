package io.evenkeel.ui.security.ui;

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
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.auth.AnonymousAllowed;

/** The login page; the form posts to Spring Security. */
@Route(value = "login", autoLayout = false)
@PageTitle("Log in · Evenkeel")
@AnonymousAllowed
public final class LoginView extends Main implements BeforeEnterObserver {
  private final LoginForm form = new LoginForm();

  /** Builds the page. */
  public LoginView() {
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
    add(card);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    form.setError(event.getLocation().getQueryParameters().getParameters().containsKey("error"));
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
        "The user or the password is wrong. ./evenkeel up printed the password of admin.");
    return texts;
  }
}

package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.markdown.Markdown;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.router.RouteAlias;
import io.evenkeel.ui.alerts.Runbooks;
import jakarta.annotation.security.PermitAll;
import java.util.Optional;

/**
 * What a rule's alert means and what to do about it. The text is our own, out of the jar; of the
 * address only the name of a built-in rule is taken.
 */
@Route("runbooks/:rule")
@RouteAlias("runbooks")
@PermitAll
public final class RunbookView extends Div implements BeforeEnterObserver, HasDynamicTitle {
  private final transient Runbooks runbooks;
  private final Div links = new Div();
  private final Markdown text = new Markdown();
  private String title = "Runbooks";

  /** Builds the page; the rule comes with the address. */
  public RunbookView(Runbooks runbooks) {
    this.runbooks = runbooks;
    addClassName("page");
    links.addClassNames("buttons", "runbook-links");
    text.setId("runbook-text");
    text.addClassNames("runbook", "runbook-page");
    var card = new Section(text);
    card.addClassName("card");
    add(links, card);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    String rule = event.getRouteParameters().get("rule").orElse("");
    Optional<String> page = runbooks.page(rule);
    title = page.isPresent() ? rule : "Runbooks";
    links.removeAll();
    if (page.isPresent()) {
      links.add(
          new Anchor("runbooks", "All runbooks"),
          new Anchor("alerts?rule=" + rule, "Alerts of this rule"),
          new Anchor("rules?rule=" + rule, "The rule's settings"));
    }
    text.setContent(page.orElseGet(runbooks::list));
  }

  @Override
  public String getPageTitle() {
    return title + " · Evenkeel";
  }
}

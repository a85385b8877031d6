package io.evenkeel.ui.security.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.security.ApiToken;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Tokens of the API; those that open nothing any more say so. */
final class TokenGrid extends Grid<ApiToken> {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

  TokenGrid(Clock clock, Consumer<String> revoke) {
    setId("tokens");
    setAllRowsVisible(true);
    setEmptyStateText("No token yet. One is made above; its secret is shown once.");
    addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_COMPACT, GridVariant.LUMO_WRAP_CELL_CONTENT);
    addColumn(ApiToken::name).setHeader("Name").setFlexGrow(1);
    addColumn(token -> token.role().name().toLowerCase(Locale.ROOT))
        .setHeader("Role")
        .setWidth("120px")
        .setFlexGrow(0);
    addColumn(token -> token.expiresAt() == null ? "never" : DAY.format(token.expiresAt()))
        .setHeader("Ends")
        .setWidth("130px")
        .setFlexGrow(0);
    addColumn(token -> Moments.ago(token.lastUsedAt(), clock))
        .setHeader("Last used")
        .setWidth("130px")
        .setFlexGrow(0);
    addColumn(ApiToken::createdBy).setHeader("Made by").setWidth("150px").setFlexGrow(0);
    addComponentColumn(token -> change(token, clock, revoke))
        .setHeader("Change")
        .setWidth("150px")
        .setFlexGrow(0);
  }

  void show(List<ApiToken> tokens) {
    setItems(tokens);
  }

  private static Component change(ApiToken token, Clock clock, Consumer<String> revoke) {
    if (!token.isGood(clock.instant())) {
      var badge = new Span(token.revokedAt() == null ? "ended" : "revoked");
      badge.addClassNames("badge", "badge-bad");
      return badge;
    }
    var button = new Button("Revoke", click -> revoke.accept(token.name()));
    button.setId("revoke-" + token.name());
    button.setAriaLabel("Revoke the token " + token.name());
    return button;
  }
}

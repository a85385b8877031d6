package io.evenkeel.ui.rundetail.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.BrowserlessTest;
import com.vaadin.browserless.ViewPackages;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.chart.ui.ChartCard;
import io.evenkeel.ui.rundetail.RunStates;
import io.evenkeel.ui.store.StoreFault;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@ViewPackages(packages = "io.evenkeel.ui.rundetail")
class ChartsPageTest extends BrowserlessTest {
  private final AtomicInteger retries = new AtomicInteger();
  private ChartsPage page;

  @BeforeEach
  void open() {
    page = new ChartsPage("r", retries::incrementAndGet, layer -> {});
    UI.getCurrent().add(page);
  }

  @Test
  void shouldLoadUntilTheFirstTick() {
    assertThat(states()).hasSize(15).containsOnly("loading");
  }

  @Test
  void shouldFillEveryChartWhenTheFirstTickComes() {
    page.show(RunStates.of(20, 0.5));

    assertThat(states()).containsOnly("loaded");
    assertThat(option("gradient-norm-ratio")).contains("limit 0.1").contains("[19,0.5]");
    assertThat(option("knobs")).contains("load_balance.alpha");
    assertThat(page.getElement().getChild(0).getTextRecursively())
        .contains("R_g")
        .contains("watch");
  }

  @Test
  void shouldSendOnlyNewPointsWhenTheRunGoesOn() {
    page.show(RunStates.of(20, 0.5));
    String drawn = option("losses");
    invocations();

    page.show(RunStates.of(22, 0.5));

    assertThat(option("losses")).isEqualTo(drawn);
    List<String> calls = invocations();
    // Twelve charts over steps, the knobs, the heat map.
    assertThat(calls).hasSize(14).allMatch(call -> call.contains("append"));
  }

  @Test
  void shouldSendNothingWhenNothingIsNew() {
    page.show(RunStates.of(20, 0.5));
    invocations();

    page.show(RunStates.of(20, 0.5));

    assertThat(invocations()).isEmpty();
  }

  @Test
  void shouldFailOneChartAloneAndOfferRetryWhenItsFigureCannotBeRead() {
    page.show(
        RunStates.failing(RunStates.of(20, 0.5), new StoreFault(ErrorId.DB_UNAVAILABLE, "away")));

    assertThat(card("max-violation").getElement().getAttribute("data-state")).isEqualTo("failed");
    assertThat(states().stream().filter("loaded"::equals)).hasSize(14);
    find(Button.class, card("max-violation")).single().click();
    assertThat(retries).hasValue(1);
  }

  private List<String> states() {
    return find(ChartCard.class).all().stream()
        .map(card -> card.getElement().getAttribute("data-state"))
        .toList();
  }

  private ChartCard card(String name) {
    return find(ChartCard.class).all().stream()
        .filter(card -> card.getId().orElse("").equals("card-" + name))
        .findFirst()
        .orElseThrow();
  }

  private String option(String name) {
    Component chart = card(name).chart();
    return chart.getElement().getProperty("option", "");
  }

  private static List<String> invocations() {
    UI ui = UI.getCurrent();
    ui.getInternals().getStateTree().runExecutionsBeforeClientResponse();
    return ui.getInternals().dumpPendingJavaScriptInvocations().stream()
        .map(call -> call.getInvocation().getExpression() + call.getInvocation().getParameters())
        .filter(call -> call.contains("append"))
        .toList();
  }
}

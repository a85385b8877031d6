package io.evenkeel.ui.rundetail.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.BrowserlessTest;
import com.vaadin.browserless.ViewPackages;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.router.QueryParameters;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.SentPoints;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.chart.ui.ChartCard;
import io.evenkeel.ui.chart.ui.EvenkeelChart;
import io.evenkeel.ui.rundetail.RunStates;
import io.evenkeel.ui.rundetail.SeriesName;
import io.evenkeel.ui.store.StoreFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@ViewPackages(packages = "io.evenkeel.ui.rundetail")
class ChartsPageTest extends BrowserlessTest {
  private final AtomicInteger retries = new AtomicInteger();
  private final FakeDesk desk = new FakeDesk(retries);
  private final List<View> addresses = new ArrayList<>();
  private ChartsPage page;

  @BeforeEach
  void open() {
    page = new ChartsPage("r", desk, View.START, addresses::add);
    UI.getCurrent().add(page);
    invocations();
  }

  @Test
  void shouldLoadUntilTheFirstTick() {
    assertThat(states()).hasSize(17).containsOnly("loading", "empty").containsOnlyOnce("empty");
  }

  @Test
  void shouldFillEveryChartWhenTheFirstTickComes() {
    page.show(RunStates.of(20, 0.5));
    desk.answerLayers();

    assertThat(states()).containsOnly("loaded", "empty").containsOnlyOnce("empty");
    List<String> drawn = invocations();
    assertThat(drawn)
        .anyMatch(call -> call.contains("limit 0.1") && SentPoints.in(call).contains("[19,0.5]"));
    assertThat(drawn).anyMatch(call -> call.contains("load_balance.alpha"));
    assertThat(page.getElement().getTextRecursively()).contains("R_g").contains("watch");
  }

  @Test
  void shouldSayWhyOnTheCardWhenTheLoadsOfAllLayersCannotBeRead() {
    page.show(RunStates.of(20, 0.5));
    desk.failLayers();

    assertThat(states()).containsOnlyOnce("failed");
    assertThat(page.getElement().getTextRecursively())
        .contains("EVK-DB-UNAVAILABLE")
        .contains("Retry");
  }

  @Test
  void shouldSendOnlyNewPointsWhenTheRunGoesOn() {
    page.show(RunStates.of(20, 0.5));
    invocations();

    page.show(RunStates.of(22, 0.5));

    List<String> calls = invocations();
    // Twelve charts over steps, the knobs, the heat map.
    assertThat(calls.stream().filter(call -> call.contains("append"))).hasSize(14);
    assertThat(calls).noneMatch(call -> call.contains("draw("));
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
    assertThat(card("load-by-layer").getElement().getAttribute("data-state")).isEqualTo("loading");
    find(Button.class, card("max-violation")).withText("Retry").single().click();
    assertThat(retries).hasValue(1);
  }

  @Test
  void shouldStandStillAndReadFinerWhenAPartIsLookedAtAndGoOnWhenAsked() {
    page.show(RunStates.of(200, 0.5));
    invocations();

    page.look(View.START.with(Optional.of(new Window(50, 60))));

    assertThat(desk.read).containsExactly(new Window(50, 60));
    assertThat(addresses.get(0).parameters())
        .containsEntry("from", List.of("50"))
        .containsEntry("to", List.of("60"));
    page.show(RunStates.of(210, 0.5));
    assertThat(invocations()).noneMatch(call -> call.contains("append"));

    page.look(View.START);

    assertThat(addresses.get(1)).isEqualTo(View.START);
    assertThat(invocations())
        .anyMatch(call -> call.contains("draw") && SentPoints.in(call).contains("[209,0.5]"));
    assertThat(desk.ended).isEqualTo(1);
  }

  @Test
  void shouldFollowTheRunWhenThePartHoldsAllOfIt() {
    page.show(RunStates.of(200, 0.5));

    page.look(View.START.with(Optional.of(new Window(0, 500))));

    assertThat(desk.read).isEmpty();
    assertThat(addresses).containsExactly(View.START);
  }

  @Test
  void shouldRestoreTheViewOfAnAddressAndIgnoreWhatMakesNoSense() {
    View view =
        new View(
            Optional.of(new Window(5, 9)),
            EvenkeelChart.Across.TIME,
            View.PastShown.DIMMED,
            3,
            List.of(
                new SeriesName("scalar.a/b", ""), new SeriesName("tensor.gradient_rms", "head@1")));

    assertThat(View.of(new QueryParameters(view.parameters()))).isEqualTo(view);
    assertThat(
            View.of(
                QueryParameters.simple(
                    Map.of("from", "9", "to", "5", "layer", "-1", "series", "loss_lm"))))
        .isEqualTo(View.START);
    assertThat(View.of(QueryParameters.simple(Map.of("from", "1e9", "to", "99999999999999999999"))))
        .isEqualTo(View.START);
  }

  @Test
  void shouldDrawWhatAnAddressPicksAndAskForNoNamesUntilTheListIsOpened() {
    SeriesName kl = new SeriesName("scalar.policy/kl", "");
    var picking = new ChartsPage("r", desk, View.START.withSeries(List.of(kl)), addresses::add);
    UI.getCurrent().removeAll();
    UI.getCurrent().add(picking);

    picking.show(RunStates.of(20, 0.5));
    desk.answerSeries(Map.of(kl, List.of(Point.at(3, 0.25))));

    assertThat(invocations())
        .anyMatch(call -> call.contains("policy/kl") && SentPoints.in(call).contains("[3,0.25]"));
    assertThat(card("own-series").getElement().getAttribute("data-state")).isEqualTo("loaded");
    assertThat(desk.searched).isEmpty();
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

  private static List<String> invocations() {
    UI ui = UI.getCurrent();
    ui.getInternals().getStateTree().runExecutionsBeforeClientResponse();
    return ui.getInternals().dumpPendingJavaScriptInvocations().stream()
        .map(call -> call.getInvocation().getExpression() + call.getInvocation().getParameters())
        .filter(call -> call.contains("append") || call.contains("draw") || call.contains("mark"))
        .toList();
  }
}

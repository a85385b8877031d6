package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableBody;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeader;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.Location;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import io.evenkeel.ui.chart.ChartJson;
import io.evenkeel.ui.chart.Drawing;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.chart.ui.ChartCard;
import io.evenkeel.ui.rundetail.Comparisons;
import io.evenkeel.ui.rundetail.Comparisons.Align;
import io.evenkeel.ui.rundetail.Comparisons.Answer;
import io.evenkeel.ui.rundetail.Comparisons.Question;
import io.evenkeel.ui.rundetail.RunCharts;
import io.evenkeel.ui.store.StoreFault;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs laid over one another, and how their configurations differ. The address restores runs,
 * alignment and part. It shows what was read when it was opened, and says when that was.
 */
@Route("compare")
@PageTitle("Compare · Evenkeel")
@PermitAll
public final class CompareView extends Div implements BeforeEnterObserver {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

  private final transient Comparisons comparisons;
  private final transient Clock clock;
  private final Div runLinks = new Div();
  private final Span standing = new Span();
  private final Checkbox byTokens = new Checkbox("Align by tokens");
  private final Button all = new Button("Show all");
  private final Div grid = new Div();
  private final Section differences = new Section();
  private final Map<String, LivePanel> panels = new LinkedHashMap<>();
  private transient Question question = new Question(List.of(), Align.STEPS, Optional.empty());
  private transient @Nullable Runnable reading;
  private long serial;

  /** Builds the page; the runs come with the address. */
  public CompareView(Comparisons comparisons, Clock clock) {
    this.comparisons = comparisons;
    this.clock = clock;
    addClassName("page");
    runLinks.addClassName("compare-runs");
    standing.setId("compare-standing");
    standing.addClassName("view-standing");
    byTokens.setId("compare-tokens");
    byTokens.addValueChangeListener(
        change -> {
          if (change.isFromClient()) {
            Align align = change.getValue() ? Align.TOKENS : Align.STEPS;
            ask(new Question(question.runs(), align, Optional.empty()));
          }
        });
    all.addThemeVariants(ButtonVariant.LUMO_PRIMARY, ButtonVariant.LUMO_SMALL);
    all.addClickListener(click -> look(Optional.empty()));
    var again = new Button("Read again", click -> ask(question));
    again.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
    var bar = new Div(runLinks, standing, all, byTokens, again);
    bar.addClassName("view-bar");
    grid.addClassName("chart-grid");
    differences.addClassName("card");
    differences.setId("differences");
    for (RunCharts.Description description : RunCharts.overSteps()) {
      var card =
          new ChartCard(
              description.name(),
              description.title(),
              "One line a run; of a series a layer, the least and the largest over its layers.",
              "compare",
              () -> ask(question));
      card.chart().onRange(this::look);
      panels.put(description.name(), new LivePanel(card));
      grid.add(card);
    }
    add(bar, grid, differences);
  }

  private String option(LineChart chart) {
    return question.align() == Align.TOKENS
        ? ChartJson.option(chart, "tokens")
        : ChartJson.option(chart);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    QueryParameters parameters = event.getLocation().getQueryParameters();
    ask(
        new Question(
            parameters.getParameters("runs"),
            parameters.getSingleParameter("align").filter("tokens"::equals).isPresent()
                ? Align.TOKENS
                : Align.STEPS,
            View.of(parameters).window()));
  }

  private void look(Optional<Window> window) {
    ask(new Question(question.runs(), question.align(), window));
  }

  private void ask(Question asked) {
    boolean others = !asked.runs().equals(question.runs());
    question = asked;
    serial++;
    stop();
    byTokens.setValue(asked.align() == Align.TOKENS);
    all.setVisible(asked.window().isPresent());
    if (others) {
      runLinks.removeAll();
      asked.runs().forEach(run -> runLinks.add(new Anchor("runs/" + run, run)));
    }
    boolean enough = asked.runs().size() >= 2;
    grid.setVisible(enough);
    differences.setVisible(enough);
    if (!enough) {
      standing.setText("Tick two to eight runs in the list of runs, then choose Compare.");
      return;
    }
    standing.setText("As of " + TIME.format(clock.instant()) + " UTC");
    showDifferences();
    UI page = UI.getCurrent();
    long mine = serial;
    reading = comparisons.read(asked, answer -> tell(page, answer, mine));
    page.getPage()
        .getHistory()
        .replaceState(null, new Location("compare", new QueryParameters(address(asked))));
  }

  private static Map<String, List<String>> address(Question asked) {
    Map<String, List<String>> address = new LinkedHashMap<>();
    address.put("runs", asked.runs());
    if (asked.align() == Align.TOKENS) {
      address.put("align", List.of("tokens"));
    }
    asked
        .window()
        .ifPresent(
            part -> {
              address.put("from", List.of(Long.toString(part.from())));
              address.put("to", List.of(Long.toString(part.to())));
            });
    return address;
  }

  private void tell(UI page, Answer answer, long asked) {
    try {
      page.access(() -> show(answer, asked));
    } catch (UIDetachedException e) {
      // Who asked has left.
      stop();
    }
  }

  private void show(Answer answer, long asked) {
    LivePanel panel = panels.get(answer.name());
    if (asked != serial || panel == null) {
      return;
    }
    StoreFault fault = answer.fault();
    LineChart chart = answer.chart();
    if (fault != null) {
      panel.card().showFailed(fault.line());
    } else if (chart != null) {
      panel.show(new Drawing(chart, this::option), serial, "{}");
    }
  }

  private void showDifferences() {
    differences.removeAll();
    differences.add(new H3("Differences of configuration"));
    Map<String, List<String>> differing;
    try {
      differing = comparisons.differences(question.runs());
    } catch (RuntimeException e) {
      differences.add(new Paragraph(StoreFault.of(e).line()));
      return;
    }
    if (differing.isEmpty()) {
      differences.add(
          new Paragraph("None: these runs declare the same model, optimizer and knobs."));
      return;
    }
    List<NativeTableRow> rows = new ArrayList<>();
    var head = new NativeTableRow(new NativeTableHeaderCell("What"));
    question.runs().forEach(run -> head.add(new NativeTableHeaderCell(run)));
    differing.forEach(
        (name, values) -> {
          var row = new NativeTableRow(new NativeTableCell(name));
          values.forEach(value -> row.add(new NativeTableCell(value.isEmpty() ? "–" : value)));
          rows.add(row);
        });
    var body = new NativeTableBody();
    rows.forEach(body::add);
    var table = new NativeTable(new NativeTableHeader(head), body);
    table.addClassName("config-table");
    var scroll = new Div(table);
    scroll.addClassName("config-scroll");
    scroll.getElement().setAttribute("tabindex", "0");
    differences.add(scroll);
  }

  private void stop() {
    if (reading != null) {
      reading.run();
      reading = null;
    }
  }

  @Override
  protected void onDetach(DetachEvent event) {
    stop();
  }
}

package io.evenkeel.ui.runs.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.BrowserlessTest;
import com.vaadin.browserless.ViewPackages;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.textfield.TextField;
import io.evenkeel.ui.activity.ActivityLog;
import io.evenkeel.ui.labels.RunLabel;
import io.evenkeel.ui.labels.RunLabels;
import io.evenkeel.ui.runs.QuietFeed;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.runs.RunRow;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.store.OwnTables;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@ViewPackages(packages = "io.evenkeel.ui.rundetail")
class RunsViewTest extends BrowserlessTest {
  private final OwnTables tables =
      new OwnTables("jdbc:postgresql://127.0.0.1:1/none", "nobody", "nothing");
  private RunsView view;

  @BeforeEach
  void open() {
    var access = new Access();
    var labels =
        new RunLabels(
            tables, new ActivityLog(tables, Clock.systemUTC()), access, Clock.systemUTC());
    view = new RunsView(QuietFeed.of(labels), labels, Clock.systemUTC());
    UI.getCurrent().add(view);
  }

  @AfterEach
  void close() {
    tables.destroy();
  }

  @Test
  void shouldShowTheWorstSignalInShapeAndTheTagsAsText() {
    view.show(List.of(row("a", 0.02, "<b>tag</b>"), row("b", 0.4, "x")));

    assertThat(cell(0, 5)).contains("● 0.02 / 0.1").contains("R_g");
    assertThat(cell(1, 5)).contains("▲ 0.4 / 0.1");
    assertThat(cell(0, 0)).contains("<b>tag</b>");
  }

  @Test
  void shouldKeepRunsTickedWhenTheirFiguresMoveAndCompareTwoOrMore() {
    view.show(List.of(row("a", 0.02, "x"), row("b", 0.4, "x"), row("c", 0.4, "x")));
    Button compare = find(Button.class, view).withId("compare").single();
    assertThat(compare.isEnabled()).isFalse();

    grid().select(row("a", 0.02, "x"));
    grid().select(row("c", 0.4, "x"));
    view.show(List.of(row("a", 0.03, "x"), row("b", 0.4, "x"), row("c", 0.5, "x")));

    assertThat(grid().getSelectedItems()).hasSize(2);
    assertThat(compare.isEnabled()).isTrue();
    assertThat(compare.getText()).isEqualTo("Compare 2");
  }

  @Test
  void shouldLeaveOutWhatDoesNotPassTheFilter() {
    view.show(List.of(row("alpha", 0.02, "night"), row("beta", 0.4, "day")));

    test(find(TextField.class, view).withId("run-search").single()).setValue("night");

    assertThat(grid().getListDataView().getItems().map(row -> row.header().run()))
        .containsExactly("alpha");
  }

  @SuppressWarnings("unchecked")
  private Grid<RunRow> grid() {
    return find(Grid.class, view).single();
  }

  private String cell(int row, int column) {
    return test(grid()).getCellComponent(row, column).getElement().getTextRecursively();
  }

  private static RunRow row(String run, double ratio, String tag) {
    var header =
        new RunHeader(
            run,
            0,
            run,
            "running",
            null,
            null,
            1,
            100,
            0L,
            9L,
            Instant.EPOCH,
            2.0,
            0,
            0,
            1,
            1,
            0,
            null,
            List.of());
    return new RunRow(
        header,
        ratio,
        "auto",
        List.of(3.0, 2.0),
        16_384.0,
        new RunRow.Signal(
            "R_g", ratio, 0.1, ratio > 0.1 ? RunRow.Standing.WATCH : RunRow.Standing.STEADY),
        new RunLabel(run, List.of(tag), "", null, "", null));
  }
}

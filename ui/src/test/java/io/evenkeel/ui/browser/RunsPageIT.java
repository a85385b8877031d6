package io.evenkeel.ui.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.browser.Browser;
import io.evenkeel.ui.security.Role;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The list of runs and the comparison, as a person uses them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RunsPageIT {
  @TempDir static Path folder;

  private static Dashboard dashboard;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    dashboard = Dashboard.start(folder);
    browser = dashboard.browser();
  }

  @AfterAll
  static void stop() throws Exception {
    dashboard.close();
  }

  @Test
  @Order(1)
  void shouldLayTickedRunsOverOneAnotherAndListWhatDiffers() {
    dashboard.logIn(Role.VIEWER);
    awaitRuns("alpha-too-high-1", "night-2");
    tick(0);
    tick(1);
    browser.await(
        "two to compare", page -> page.findElement(By.id("compare")).getText().equals("Compare 2"));
    browser.click(By.id("compare"));
    ChartArea losses = new ChartArea(browser, "losses").await();

    assertThat(browser.address()).contains("runs=alpha-too-high-1").contains("runs=night-2");
    // To the last bucket, which may hold more than one step.
    assertThat(losses.range()).startsWith("0-");
    assertThat(losses.length()).isBetween(410L, 419L);
    assertThat(losses.names()).anyMatch(name -> name.contains("alpha-too-high-1"));
    assertThat(losses.names()).anyMatch(name -> name.contains("night-2"));
    assertThat(browser.see(By.id("differences")).getText())
        .contains("ffn_experts")
        .contains("16")
        .contains("8");
    losses.brushAround(100, 0.2);
    losses.awaitFiner();
    browser.await("part in the address", page -> page.getCurrentUrl().contains("from="));

    browser.click(By.cssSelector("#compare-tokens label"));
    browser.await("tokens", page -> losses.length() > 410 * 4096);
    String tokens = losses.range();
    assertThat(browser.address()).contains("align=tokens").doesNotContain("from=");
    browser.open(browser.address());
    losses.await();
    assertThat(losses.range()).isEqualTo(tokens);
  }

  @Test
  @Order(2)
  void shouldTagArchiveAndFindRunsWhenAnOperatorDoes() {
    dashboard.logIn(Role.OPERATOR);
    awaitRuns("alpha-too-high-1", "night-2");
    tick(1);
    browser.see(By.id("labels"));
    browser.type(By.cssSelector("#label-tags input"), "baseline, <b>bold</b>" + Keys.TAB);
    browser.type(By.cssSelector("#label-note input"), "Compare with the next one" + Keys.TAB);
    browser.click(By.id("label-save"));
    browser.await(
        "saved", page -> page.findElement(By.id("label-answer")).getText().equals("Saved."));
    browser.await("tag", page -> browser.script(TAGS).toString().contains("<b>bold</b>"));
    dashboard.picture("runs-tagged", "light", 1440);

    browser.click(By.id("label-archive"));
    awaitRuns("alpha-too-high-1");
    browser.click(By.cssSelector("#run-archive label"));
    awaitRuns("alpha-too-high-1", "night-2");
    browser.type(By.cssSelector("#run-search input"), "NEXT baseline");
    awaitRuns("night-2");
  }

  @Test
  @Order(3)
  void shouldRefuseALabelWhenAViewerWritesIt() {
    dashboard.logIn(Role.VIEWER);
    browser.see(By.cssSelector("#runs a.run-link"));
    tick(0);
    browser.see(By.id("labels"));
    browser.type(By.cssSelector("#label-note input"), "mine" + Keys.TAB);
    browser.click(By.id("label-save"));

    browser.await(
        "refusal",
        page ->
            page.findElement(By.id("label-answer")).getText().contains("needs the role operator"));
  }

  private static void awaitRuns(String... runs) {
    browser.await(
        "runs " + List.of(runs),
        page -> {
          Object shown = browser.script(RUNS);
          return shown instanceof List<?> list
              && list.containsAll(List.of(runs))
              && list.size() >= runs.length
              && page.findElement(By.id("run-count")).getText().startsWith(runs.length + " ");
        });
  }

  private static void tick(int row) {
    browser.await(
        "box to tick",
        page ->
            browser.script(
                "const seen = (all) => [...all].filter((one) => one.getClientRects().length > 0);"
                    + "const boxes = seen(document.querySelectorAll('#runs vaadin-checkbox'))"
                    + ".sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);"
                    // The one above the rows ticks all of them.
                    + "const rows = boxes.slice(boxes.length - seen(document.querySelectorAll('#runs a.run-link')).length);"
                    + "if (rows.length <= arguments[0]) return false;"
                    + "rows[arguments[0]].querySelector('input').click(); return true;",
                row));
  }

  private static final String RUNS =
      "return [...document.querySelectorAll('#runs a.run-link')]"
          + ".filter((a) => a.getClientRects().length > 0).map((a) => a.dataset.run);";

  private static final String TAGS =
      "return [...document.querySelectorAll('#runs .tag')].map((tag) => tag.textContent);";
}

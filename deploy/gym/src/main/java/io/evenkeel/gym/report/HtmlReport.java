package io.evenkeel.gym.report;

import io.evenkeel.gym.judge.Result;
import io.evenkeel.gym.judge.Season;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** All results as one page with charts, which needs nothing but itself. */
public final class HtmlReport {
  private static final String TEMPLATE = "/gym-report.html";
  private static final String SUMMARY = "<!--SUMMARY-->";
  private static final String SCENARIOS = "<!--SCENARIOS-->";

  private HtmlReport() {}

  /** Writes atomically; makes the folder when it is not there. */
  public static void write(List<Season.Outcome> outcomes, double seconds, Path file)
      throws IOException {
    JsonReport.WholeFile.write(file, page(outcomes, seconds).getBytes(StandardCharsets.UTF_8));
  }

  /** The page's text. */
  static String page(List<Season.Outcome> outcomes, double seconds) throws IOException {
    StringBuilder scenarios = new StringBuilder();
    outcomes.forEach(outcome -> scenario(scenarios, outcome));
    return template()
        .replace(SUMMARY, summary(outcomes, seconds))
        .replace(SCENARIOS, scenarios.toString());
  }

  private static String template() throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream(TEMPLATE)) {
      if (in == null) {
        throw new IllegalStateException(TEMPLATE + " is not in the build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String summary(List<Season.Outcome> outcomes, double seconds) {
    List<Result> all = outcomes.stream().flatMap(o -> o.results().stream()).toList();
    long passed = all.stream().filter(Result::passed).count();
    StringBuilder rows = new StringBuilder();
    for (Result r : all) {
      rows.append(
          String.format(
              Locale.ROOT,
              "<tr class=\"%s\"><td><a href=\"#%s\">%s</a></td><td>%d</td><td>%s</td><td>%s</td>"
                  + "<td>%s</td><td>%s</td><td>%d</td><td>%d</td><td>%.4f</td><td>%.4f</td><td>%.4f</td><td>%d</td></tr>%n",
              r.passed() ? "met" : "missed",
              id(r),
              Html.escaped(r.scenario()),
              r.seed(),
              r.passed() ? "as expected" : "missed",
              r.detectedBy() == null ? "" : Html.escaped(r.detectedBy()),
              number(r.delaySteps()),
              number(r.recoveredSteps()),
              r.commands().size(),
              r.rollBacks(),
              r.lossControlled(),
              r.lossUncontrolled(),
              r.lossHealthy(),
              r.falseAlarms()));
    }
    return String.format(
        Locale.ROOT,
        "<p>%d of %d as expected, in %.0f s.</p>%n<table><thead><tr><th>scenario</th><th>seed</th>"
            + "<th></th><th>alert</th><th>delay</th><th>back in band</th><th>orders</th><th>roll-backs</th>"
            + "<th>loss with</th><th>without</th><th>healthy</th><th>false alarms</th></tr></thead>%n"
            + "<tbody>%n%s</tbody></table>",
        passed,
        all.size(),
        seconds,
        rows);
  }

  private static void scenario(StringBuilder html, Season.Outcome outcome) {
    html.append(
        "<section><h2>%s</h2><p>%s</p>%n"
            .formatted(
                Html.escaped(outcome.scenario().name()), Html.escaped(outcome.scenario().why())));
    for (int i = 0; i < outcome.results().size(); i++) {
      Result result = outcome.results().get(i);
      html.append(
          "<details id=\"%s\"%s><summary>Seed %d: %s</summary>%n"
              .formatted(
                  id(result),
                  i == 0 ? " open" : "",
                  result.seed(),
                  result.passed() ? "as expected" : "missed"));
      if (!result.passed()) {
        html.append("<ul>");
        result.misses().forEach(miss -> html.append("<li>" + Html.escaped(miss) + "</li>"));
        html.append("</ul>");
      }
      html.append(new TrialCharts(outcome.scenario(), outcome.trials().get(i)).toHtml());
      html.append("</details>\n");
    }
    html.append("</section>\n");
  }

  private static String id(Result result) {
    return Html.escaped(result.scenario() + "-" + result.seed());
  }

  private static String number(@Nullable Long value) {
    return value == null ? "" : value.toString();
  }
}

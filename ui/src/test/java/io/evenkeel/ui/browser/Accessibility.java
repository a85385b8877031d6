package io.evenkeel.ui.browser;

import io.evenkeel.browser.Browser;
import io.evenkeel.testing.node.NodeProject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * The rules of axe-core (npm), applied to the page that is open: those of WCAG 2.1 A and AA, and
 * axe's own best practices.
 */
final class Accessibility {
  // Only what a person would be kept from using the page by.
  private static final String VIOLATIONS =
      """
      const done = arguments[arguments.length - 1];
      axe.run(document, { resultTypes: ['violations'] }).then(
        (found) => done(found.violations
          .filter((rule) => rule.impact === 'serious' || rule.impact === 'critical')
          .map((rule) => `${rule.impact} ${rule.id}: ${rule.help} `
            + rule.nodes.slice(0, 4).map((node) => `[${node.target.join(' ')}] ${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ''}`).join('; '))),
        (error) => done(['axe failed: ' + error]));
      """;

  private final String axe;

  private Accessibility(String axe) {
    this.axe = axe;
  }

  /** Installs axe-core; without Node and npm the test is skipped, and says so. */
  static Accessibility install() throws IOException, InterruptedException {
    NodeProject project =
        new NodeProject(Path.of("src", "test", "axe"), Path.of("target", "axe"), List.of());
    project.install().ifPresent(why -> Assumptions.abort("skipped: " + why));
    return new Accessibility(
        Files.readString(project.home().resolve("node_modules/axe-core/axe.min.js")));
  }

  /** Serious and critical violations, a line each. */
  List<String> violations(Browser browser) {
    browser.script(axe);
    List<String> lines = new ArrayList<>();
    for (Object line : (List<?>) browser.scriptUntilCalledBack(VIOLATIONS)) {
      lines.add(String.valueOf(line));
    }
    return lines;
  }
}

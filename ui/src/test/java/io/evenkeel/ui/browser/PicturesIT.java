package io.evenkeel.ui.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.ui.security.Role;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes pictures of pages, light and dark, to be looked at. By hand, for pages of one's choice:
 *
 * <pre>{@code
 * mvn -q -o -pl ui verify -DskipUnit=true -DskipITs=false -Dit.test=PicturesIT \
 *   -Dfailsafe.failIfNoSpecifiedTests=false \
 *   -Devenkeel.pages=control,runs/alpha-too-high-1?tab=control \
 *   -Devenkeel.widths=1440,390 -Devenkeel.role=operator
 * }</pre>
 *
 * They are in {@code ui/target/pictures}, named after page, width and scheme.
 */
class PicturesIT {
  private static final String PAGES =
      "runs,runs/alpha-too-high-1,runs/alpha-too-high-1?tab=control,runs/alpha-too-high-1?tab=alerts,"
          + "compare?runs=alpha-too-high-1&runs=night-2,alerts,control,audit,health";

  @Test
  void shouldFitTheWindowWhenPagesAreOpened(@TempDir Path folder) throws Exception {
    Role role = Role.valueOf(setting("evenkeel.role", "admin").toUpperCase(Locale.ROOT));
    String[] pages = setting("evenkeel.pages", PAGES).split(",");
    int[] widths =
        Stream.of(setting("evenkeel.widths", "1440,1024").split(","))
            .mapToInt(Integer::parseInt)
            .toArray();
    try (Dashboard dashboard = Dashboard.start(folder)) {
      dashboard.logIn(role);
      for (String page : pages) {
        dashboard.open(page);
        for (int width : widths) {
          for (String scheme : new String[] {"light", "dark"}) {
            dashboard.picture(page.replaceAll("[^a-z0-9]+", "-"), scheme, width);
          }
          assertThat(sideways(dashboard)).as("%s scrolls sideways at %s", page, width).isFalse();
        }
      }
    }
  }

  private static boolean sideways(Dashboard dashboard) {
    return (Boolean)
        dashboard
            .browser()
            .script(
                "return document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth;");
  }

  private static String setting(String name, String otherwise) {
    return System.getProperty(name, otherwise);
  }
}

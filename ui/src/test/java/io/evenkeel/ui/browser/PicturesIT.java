package io.evenkeel.ui.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.ui.security.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opens every page, light and dark: it fits the window, and axe-core finds nothing serious. Takes
 * pictures, to be looked at. By hand, for pages of one's choice:
 *
 * <pre>{@code
 * mvn -q -o -pl ui verify -DskipUnit=true -DskipITs=false -Dit.test=PicturesIT \
 *   -Dfailsafe.failIfNoSpecifiedTests=false \
 *   -Devenkeel.pages=control,runs/alpha-too-high-1?tab=control \
 *   -Devenkeel.widths=1440,390 -Devenkeel.role=operator
 * }</pre>
 *
 * They are in {@code ui/target/pictures}, named after page, width and scheme; with {@code
 * -Devenkeel.pictures.keep=true} those of 1440 pixels replace the ones in {@code docs/images}.
 */
class PicturesIT {
  private static final String PAGES =
      "runs,runs/alpha-too-high-1,runs/alpha-too-high-1?tab=control,runs/alpha-too-high-1?tab=alerts,"
          + "compare?runs=alpha-too-high-1&runs=night-2,alerts,control,rules,runbooks/gradient-norm-ratio,receivers,audit,health,users,account";

  private static final Path IMAGES = Path.of("..", "docs", "images");
  private static final int KEPT_WIDTH = 1440;

  @Test
  void shouldFitTheWindowAndBeUsableByAllWhenPagesAreOpened(@TempDir Path folder) throws Exception {
    Role role = Role.valueOf(setting("evenkeel.role", "admin").toUpperCase(Locale.ROOT));
    int[] widths =
        Stream.of(setting("evenkeel.widths", "1440,1024").split(","))
            .mapToInt(Integer::parseInt)
            .toArray();
    Accessibility accessibility = Accessibility.install();
    List<String> wrong = new ArrayList<>();
    try (Dashboard dashboard = Dashboard.start(folder)) {
      dashboard.browser().open(dashboard.address("login"));
      look(dashboard, accessibility, "login", widths, wrong);
      dashboard.logIn(role);
      for (String page : setting("evenkeel.pages", PAGES).split(",")) {
        dashboard.open(page);
        look(dashboard, accessibility, page, widths, wrong);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static void look(
      Dashboard dashboard,
      Accessibility accessibility,
      String page,
      int[] widths,
      List<String> wrong)
      throws IOException {
    String name =
        page.replace("runs/alpha-too-high-1", "run")
            .replaceAll("[?]runs=.*", "")
            .replaceAll("[^a-z0-9]+", "-");
    for (int width : widths) {
      for (String scheme : new String[] {"light", "dark"}) {
        Path picture = dashboard.picture(name, scheme, width);
        if (width == widths[0]) {
          accessibility
              .violations(dashboard.browser())
              .forEach(violation -> wrong.add(page + ", " + scheme + ": " + violation));
        }
        if (width == KEPT_WIDTH && Boolean.getBoolean("evenkeel.pictures.keep")) {
          Files.createDirectories(IMAGES);
          Files.copy(
              picture, IMAGES.resolve(picture.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      if (sideways(dashboard)) {
        wrong.add(page + " scrolls sideways at " + width);
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

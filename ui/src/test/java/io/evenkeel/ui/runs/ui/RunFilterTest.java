package io.evenkeel.ui.runs.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.ui.labels.RunLabel;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.runs.RunRow;
import io.evenkeel.ui.runs.ui.RunFilter.Archive;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunFilterTest {

  @Test
  void shouldFindEveryWordInNameTagsAndNoteWhateverTheCase() {
    RunRow row = row("night-7", List.of("Baseline"), "Alpha too high [a-z]", null);

    assertThat(filter("").passes(row)).isTrue();
    assertThat(filter("  NIGHT baseline ").passes(row)).isTrue();
    assertThat(filter("alpha [a-z]").passes(row)).isTrue();
    assertThat(filter("alpha missing").passes(row)).isFalse();
    assertThat(filter(".*").passes(row)).isFalse();
  }

  @Test
  void shouldHideWhatIsPutAwayUnlessAskedForIt() {
    RunRow row = row("old", List.of(), "", Instant.EPOCH);

    assertThat(RunFilter.ALL.passes(row)).isFalse();
    assertThat(new RunFilter("", "", Archive.SHOWN).passes(row)).isTrue();
    assertThat(new RunFilter("", "failed", Archive.SHOWN).passes(row)).isFalse();
    assertThat(new RunFilter("", "running", Archive.SHOWN).passes(row)).isTrue();
  }

  private static RunFilter filter(String text) {
    return new RunFilter(text, "", Archive.HIDDEN);
  }

  private static RunRow row(
      String run, List<String> tags, String note, @Nullable Instant archivedAt) {
    var header =
        new RunHeader(
            run, 0, run, "running", null, null, 1, 0, null, null, null, null, 0, 0, 0, 0, 0, null,
            List.of());
    return new RunRow(
        header,
        null,
        "",
        List.of(),
        null,
        null,
        new RunLabel(run, tags, note, archivedAt, "", null));
  }
}

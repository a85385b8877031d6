package io.evenkeel.contract.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ErrorCatalogueTest {

  private static final Path PAGE = Path.of("..", "..", "docs", "generated", "errors.md");

  @Test
  void shouldGiveEachErrorAnIdOfItsOwn() {
    assertThat(ids()).doesNotHaveDuplicates().allMatch(id -> id.matches("EVK-[A-Z]+-[A-Z-]+"));
  }

  @Test
  void shouldSayWhatHappenedAndWhatToDo() {
    assertThat(ErrorId.values())
        .allSatisfy(
            error -> {
              assertThat(error.meaning()).matches("[A-Z].+\\.");
              assertThat(error.remedy()).matches("[A-Z].+\\.");
              assertThat(error.line("")).startsWith(error.id() + ": ").contains(error.remedy());
              assertThat(error.line("At x.")).isEqualTo(error.id() + ": At x. " + error.remedy());
              assertThat(error.id()).isEqualTo("EVK-" + error.name().replace('_', '-'));
            });
  }

  @Test
  void shouldStandInTheDocumentationAsItIs() throws Exception {
    if (Boolean.getBoolean("evenkeel.docs.regenerate")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page());
    }
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as(
            "docs/generated/errors.md is stale: mvn -pl ingest/contract test"
                + " -Dtest=ErrorCatalogueTest -Devenkeel.docs.regenerate=true")
        .isEqualTo(page());
  }

  private static Stream<String> ids() {
    return Arrays.stream(ErrorId.values()).map(ErrorId::id);
  }

  private static String page() {
    return Arrays.stream(ErrorId.values())
        .sorted(Comparator.comparing(ErrorId::id))
        .map(error -> "| `%s` | %s | %s |".formatted(error.id(), error.meaning(), error.remedy()))
        .collect(
            Collectors.joining(
                "\n",
                """
                # Errors

                Generated from `io.evenkeel.contract.error.ErrorId`; do not edit. An id stands in logs, metric
                labels, HTTP answers and runbook headings; it never changes and is never used again.

                | Id | What has happened | What to do |
                |---|---|---|
                """,
                "\n"));
  }
}

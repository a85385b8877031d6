package io.evenkeel.standalone.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedLogTest {
  @TempDir Path dir;

  @Test
  void shouldKeepTheLastLinesWithinTwiceTheLimitWhenMuchIsWritten() throws Exception {
    Path file = dir.resolve("a.log");
    try (BoundedLog log = new BoundedLog(file, 100)) {
      for (int i = 0; i < 1000; i++) {
        log.line("line " + i);
        assertThat(Files.size(file)).isLessThanOrEqualTo(100);
      }
    }
    assertThat(Files.readAllLines(file)).last().isEqualTo("line 999");
    assertThat(Files.size(dir.resolve("a.log.1"))).isLessThanOrEqualTo(100);
    assertThat(Files.list(dir).count()).isEqualTo(2);
  }

  @Test
  void shouldGoOnWhenTheFolderIsGoneForAWhile() throws Exception {
    Path logs = Files.createDirectory(dir.resolve("logs"));
    try (BoundedLog log = new BoundedLog(logs.resolve("a.log"), 100)) {
      Files.delete(logs);
      log.line("lost");
      Files.createDirectory(logs);
      log.line("kept");
    }
    assertThat(Files.readAllLines(logs.resolve("a.log"))).containsExactly("kept");
  }

  @Test
  void shouldCutWhenALineIsLongerThanTheLimit() throws Exception {
    String text = "x".repeat(LineReader.LIMIT_BYTES + 5) + "\r\nshort\n\nlast";
    LineReader lines =
        new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));

    assertThat(lines.next().orElseThrow()).hasSize(LineReader.LIMIT_BYTES);
    assertThat(lines.next()).contains("xxxxx");
    assertThat(lines.next()).contains("short");
    assertThat(lines.next()).contains("");
    assertThat(lines.next()).contains("last");
    assertThat(lines.next()).isEmpty();
  }
}

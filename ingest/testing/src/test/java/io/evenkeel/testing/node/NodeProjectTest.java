package io.evenkeel.testing.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects that need no packages: nothing is downloaded. */
class NodeProjectTest {

  @TempDir Path dir;

  @Test
  void shouldInstallOnceAndBringNewerScriptsAlong() throws Exception {
    NodeProject project = project("{\"lockfileVersion\": 3, \"packages\": {}}");
    Optional<String> reason = project.install();
    assumeTrue(reason.isEmpty(), () -> reason.orElse(""));
    Path log = project.home().resolve("npm.log");
    assertThat(log).exists();
    // A package that needs nothing leaves no record of what is installed; one that does leaves it.
    Files.createDirectories(project.home().resolve("node_modules"));
    Files.writeString(project.home().resolve("node_modules/.package-lock.json"), "{}");
    Files.delete(log);
    Files.writeString(dir.resolve("source/run.mjs"), "console.log('newer')");

    assertThat(project.install()).isEmpty();

    assertThat(log).as("npm has not run again").doesNotExist();
    assertThat(project.home().resolve("run.mjs")).hasContent("console.log('newer')");
  }

  @Test
  void shouldSayWhyWhenItCannotBeInstalled() throws Exception {
    assertThat(project("not JSON").install()).isNotEmpty();
  }

  private NodeProject project(String lock) throws IOException {
    Path source = Files.createDirectories(dir.resolve("source"));
    Files.writeString(
        source.resolve("package.json"), "{\"name\": \"empty\", \"version\": \"1.0.0\"}");
    Files.writeString(source.resolve("package-lock.json"), lock);
    Files.writeString(source.resolve("run.mjs"), "console.log('older')");
    return new NodeProject(source, dir.resolve("home"), List.of("run.mjs"));
  }
}

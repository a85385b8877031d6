package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed PTX is what the sources compile to. */
final class ShippedPtxTest {
  private static final Path SOURCES = Path.of("src/main/cuda");
  private static final Path SHIPPED = Path.of("src/main/resources/ptx");
  private static final String REBUILD =
      "stale: run gpu-trainer/src/main/cuda/build-ptx.sh (needs clang-16) and commit the result";

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static String digest(Path source) throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String header : headers(source)) {
      digest.update(Files.readAllBytes(SOURCES.resolve(header)));
    }
    digest.update(Files.readAllBytes(source));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The headers that a file names, in its order. */
  private static List<String> headers(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("#include \""))
        .map(line -> line.substring(line.indexOf('"') + 1, line.lastIndexOf('"')))
        .toList();
  }

  private static List<String> expectedFiles(Path source) throws IOException {
    String name = source.getFileName().toString().replace(".cu", "");
    boolean ampereOnly = Files.readAllLines(source).contains("// architectures: sm_80");
    return ampereOnly
        ? List.of(name + ".sm_80.ptx")
        : List.of(name + ".sm_70.ptx", name + ".sm_80.ptx");
  }

  @Test
  void shouldBeMadeOfTheSourcesAsTheyAre() throws IOException, NoSuchAlgorithmException {
    List<String> expected = new ArrayList<>();
    for (Path source : files(SOURCES, ".cu")) {
      for (String file : expectedFiles(source)) {
        expected.add(file);
        assertThat(SHIPPED.resolve(file)).as("%s %s", file, REBUILD).exists();
        assertThat(Files.readAllLines(SHIPPED.resolve(file)).get(1))
            .as("%s %s", file, REBUILD)
            .isEqualTo("// sources-sha256: " + digest(source));
      }
    }
    assertThat(PtxLibrary.files())
        .as(REBUILD)
        .containsExactlyElementsOf(expected.stream().sorted().toList());
  }

  @Test
  void shouldNameInEachSourceAllHeadersThatItIsMadeOf() throws IOException {
    for (Path source : files(SOURCES, ".cu")) {
      List<String> named = headers(source);
      assertThat(named).as(source.toString()).isNotEmpty();
      for (String header : named) {
        List<String> nested =
            headers(SOURCES.resolve(header)).stream()
                .filter(name -> !name.equals("emulated_gpu.h"))
                .toList();
        assertThat(named).as("%s by way of %s", source, header).containsAll(nested);
      }
    }
  }

  @Test
  void shouldComeOutTheSameWhenCompiledAgain(@TempDir Path folder) throws IOException {
    Assumptions.assumeTrue(
        EmulatedGpu.onPath("clang-16"), "clang-16 is not installed: the PTX was not rebuilt");
    EmulatedGpu.run("bash", SOURCES.resolve("build-ptx.sh").toString(), "-o", folder.toString());
    for (Path shipped : files(SHIPPED, ".ptx")) {
      assertThat(folder.resolve(shipped.getFileName()))
          .as("%s %s", shipped.getFileName(), REBUILD)
          .hasSameTextualContentAs(shipped);
    }
  }

  @Test
  void shouldCarryTheInstructionSetVersionsThatOldDriversRead() {
    for (String file : PtxLibrary.files()) {
      String version = file.endsWith(".sm_70.ptx") ? "6.3" : "7.0";
      String target = file.endsWith(".sm_70.ptx") ? "sm_70" : "sm_80";
      assertThat(PtxLibrary.read(file).lines())
          .contains(".version " + version, ".target " + target, ".address_size 64");
    }
  }

  @Test
  void shouldDeclareEachKernelInOneSourceOnly() {
    for (String ending : List.of(".sm_70.ptx", ".sm_80.ptx")) {
      List<String> names =
          PtxLibrary.files().stream()
              .filter(file -> file.endsWith(ending))
              .flatMap(file -> PtxEntry.of(PtxLibrary.read(file)).stream())
              .map(PtxEntry::name)
              .toList();
      assertThat(names).isNotEmpty().doesNotHaveDuplicates();
    }
  }
}

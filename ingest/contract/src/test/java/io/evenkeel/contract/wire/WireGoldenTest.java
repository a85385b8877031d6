package io.evenkeel.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.evenkeel.contract.wire.Samples.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of release 1 stay readable, and stay what is written. */
class WireGoldenTest {

  static List<Sample<?>> samples() {
    return Samples.all();
  }

  @BeforeAll
  static void regenerate() throws Exception {
    if (Golden.REGENERATE) {
      for (Sample<?> sample : Samples.all()) {
        byte[] bytes = sample.encode();
        Files.write(Golden.DIRECTORY.resolve(sample.file() + ".bin"), bytes);
        Files.writeString(
            Golden.DIRECTORY.resolve(sample.file() + ".txt"), readable(sample, bytes));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  <T> void shouldReadAndWriteTheReleasedBytes(Sample<T> sample) throws Exception {
    Path binary = Golden.DIRECTORY.resolve(sample.file() + ".bin");
    Path text = Golden.DIRECTORY.resolve(sample.file() + ".txt");
    byte[] golden = Files.readAllBytes(binary);

    assertThat(sample.kind().codec().decode(golden)).as(Golden.HINT).isEqualTo(sample.expected());
    assertThat(sample.encode()).as(Golden.HINT).isEqualTo(golden);
    assertThat(readable(sample, golden)).as(Golden.HINT).isEqualTo(Files.readString(text));
  }

  private static String readable(Sample<?> sample, byte[] bytes) throws Exception {
    return TextFormat.printer().printToString(sample.kind().message(bytes));
  }

  @Test
  void shouldHaveAGoldenFileOfEveryMessageAndNoOther() throws Exception {
    TreeSet<String> expected = new TreeSet<>();
    expected.add(DescriptorGoldenTest.FILE);
    for (Sample<?> sample : Samples.all()) {
      expected.add(sample.file() + ".bin");
      expected.add(sample.file() + ".txt");
    }
    try (Stream<Path> files = Files.list(Golden.DIRECTORY)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .as("unused golden files are deleted; " + Golden.HINT)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
    List<String> covered = Samples.all().stream().map(sample -> sample.kind().name()).toList();
    assertThat(covered).containsAll(Kind.ALL.stream().map(Kind::name).toList());
  }

  /** Without this, a field that the codec forgets would be missing from golden files for ever. */
  @Test
  void shouldSetEveryFieldInSomeGoldenFile() throws Exception {
    List<String> forgotten = new ArrayList<>();
    for (Kind<?> kind : Kind.ALL) {
      TreeSet<String> unset = new TreeSet<>();
      TreeSet<String> set = new TreeSet<>();
      for (Sample<?> sample : Samples.all()) {
        if (sample.kind() == kind) {
          byte[] golden = Files.readAllBytes(Golden.DIRECTORY.resolve(sample.file() + ".bin"));
          Fields.collect(kind.message(golden), set, unset);
        }
      }
      unset.removeAll(set);
      unset.forEach(field -> forgotten.add(kind + ": " + field));
    }
    assertThat(forgotten).as("fields that no golden file sets").isEmpty();
  }
}

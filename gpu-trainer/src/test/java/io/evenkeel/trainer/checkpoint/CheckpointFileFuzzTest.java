package io.evenkeel.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.testing.SeededCases;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged checkpoint files: each is refused as a checkpoint, whatever the damage. */
final class CheckpointFileFuzzTest {
  private static final String GOOD =
      """
      {"__metadata__":{"format":"x"},\
      "a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\
      "b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""";

  private final ReferenceTensorOps ops = new ReferenceTensorOps();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void allocate() {
    file = folder.resolve("model.safetensors");
    tensors.put("a", ops.memory().allocate(Shape.of(2, 3)));
    tensors.put("b", ops.memory().allocate(Shape.of(2)));
  }

  private void write(String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    while (bytes.remaining() >= Float.BYTES) {
      bytes.putFloat(bytes.position());
    }
    Files.write(file, bytes.array());
  }

  private Map<String, String> read() throws IOException {
    return SafeTensors.read(file, ops.memory(), tensors);
  }

  @Test
  void shouldReadWhatAnotherProgramHasWritten() throws IOException {
    write(GOOD, 32);

    assertThat(read()).containsExactly(Map.entry("format", "x"));
    double first = Long.BYTES + GOOD.length();
    assertThat(ops.memory().toArray(tensors.get("a"))[1]).isEqualTo(first + 4);
    assertThat(ops.memory().toArray(tensors.get("b"))).containsExactly(first + 24, first + 28);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "3",
        "null",
        "[1,2]",
        "{}",
        "{\"a\":1,\"b\":2}",
        "{\"a\":{},\"b\":{}}",
      })
  void shouldRefuseAHeaderThatIsNone(String header) throws IOException {
    write(header, 32);
    assertRefused();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"F32\",\"shape\":[2,3] -> \"F16\",\"shape\":[2,3]",
        "\"F32\",\"shape\":[2,3] -> \"F64\",\"shape\":[2,3]",
        "\"F32\",\"shape\":[2,3] -> 32,\"shape\":[2,3]",
        "[2,3] -> [3,2]",
        "[2,3] -> [2,4294967299]",
        "[2,3] -> [2,3.5]",
        "[2,3] -> [2,\"3\"]",
        "[2,3] -> [2,3,1]",
        "[2,3] -> 6",
        "[0,24] -> [-24,0]",
        "[0,24] -> [24,0]",
        "[0,24] -> [0,23]",
        "[0,24] -> [0]",
        "[0,24] -> [0,24,24]",
        "[0,24] -> [9223372036854775800,-9223372036854775792]",
        "[0,24] -> [9223372036854775783,9223372036854775807]",
        "[0,24] -> [18446744073709551616,18446744073709551640]",
        "[0,24] -> [0.5,24.5]",
        "[0,24] -> [8,32]",
        "[24,32] -> [16,24]",
        "[24,32] -> [32,40]",
        "\"b\" -> \"a\"",
        "\"b\" -> \"c\"",
        "\"b\":{ -> \"b\":{\"dtype\":\"F64\",",
        "]}} -> ]}},{\"c\":1}",
        "]}} -> ]},\"c\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[32,36]}}",
      })
  void shouldRefuseAHeaderThatIsWrongInOnePlace(String change) throws IOException {
    String[] sides = change.split(" -> ");
    assertThat(GOOD).contains(sides[0]);
    int at = GOOD.lastIndexOf(sides[0]);
    write(GOOD.substring(0, at) + sides[1] + GOOD.substring(at + sides[0].length()), 32);
    assertRefused();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 64L << 20})
  void shouldRefuseALengthThatCannotBe(long length) throws IOException {
    write(GOOD, 32);
    byte[] whole = Files.readAllBytes(file);
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    Files.write(file, whole);
    assertRefused();
  }

  @Test
  void shouldRefuseAFileThatIsCutShortOrTooLong() throws IOException {
    write(GOOD, 32);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused();
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertRefused();
  }

  @Test
  void shouldRefuseOrReadWhenBytesOfTheHeaderChange() throws IOException {
    write(GOOD, 32);
    byte[] whole = Files.readAllBytes(file);
    SeededCases.forEach(
        400,
        random -> {
          byte[] damaged = whole.clone();
          for (int i = 0; i <= random.nextInt(3); i++) {
            damaged[random.nextInt(Long.BYTES + GOOD.length())] = (byte) random.nextInt(256);
          }
          Files.write(file, damaged);
          try {
            read();
          } catch (CheckpointException e) {
            assertThat(e.getMessage()).contains("model.safetensors");
          }
        });
  }

  @Test
  void shouldRefuseAStateFileWithAnyPartDamaged() throws IOException {
    Path state = folder.resolve("model.json");
    Manifest manifest =
        new Manifest(
            "run",
            1,
            20,
            20,
            Map.of("alpha", Double.NaN),
            java.util.Set.of("alpha"),
            new Manifest.DataPosition(3, 0),
            "cpu",
            "F32",
            Map.of("width", "8"),
            Map.of("seed", "3"),
            List.of(new Manifest.Origin(Manifest.Kind.RESUMED, "run", 0, 10, 1)));
    ManifestFile.write(state, manifest, new DurableFile.Written(32, 77));
    byte[] whole = Files.readAllBytes(state);
    assertThat(ManifestFile.read(state).manifest()).isEqualTo(manifest);
    SeededCases.forEach(
        400,
        random -> {
          byte[] damaged =
              random.nextInt(4) == 0
                  ? Arrays.copyOf(whole, random.nextInt(whole.length))
                  : whole.clone();
          for (int i = 0; damaged.length > 0 && i <= random.nextInt(3); i++) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
          }
          Files.write(state, damaged);
          try {
            ManifestFile.read(state);
          } catch (CheckpointException e) {
            assertThat(e.getMessage()).contains("model.json");
          }
        });
    String text = new String(whole, StandardCharsets.UTF_8);
    for (String huge : List.of("99999999999", "1e400", "-1.5", "\"1\"", "null", "[]")) {
      Files.writeString(
          state, text.replace("\"incarnation\" : 1,", "\"incarnation\" : " + huge + ","));
      assertThatThrownBy(() -> ManifestFile.read(state)).isInstanceOf(CheckpointException.class);
    }
  }

  private void assertRefused() {
    assertThatThrownBy(this::read).isInstanceOf(CheckpointException.class);
  }
}

package io.evenkeel.trainer.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The golden files of the test resources, unpacked. */
public final class GoldenFiles {
  public static final List<String> NAMES =
      List.of("p1_tiny", "p2_small", "p3_groups", "no_zero_experts", "all_selected", "one_token");

  private GoldenFiles() {}

  /** Unpacks one case into a folder. */
  public static Path unpack(String name, Path folder) {
    Path file = folder.resolve(name + ".json");
    try (InputStream packed =
            GoldenFiles.class.getResourceAsStream("/golden/" + name + ".json.gz");
        InputStream in = new GZIPInputStream(packed)) {
      Files.copy(in, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.evenkeel.trainer.ops.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The PTX files of the jar, made from src/main/cuda by its build-ptx.sh. */
final class PtxLibrary {
  private static final String FOLDER = "/ptx";

  private PtxLibrary() {}

  /** Names of all files, sorted, such as {@code gemm.sm_70.ptx}. */
  static List<String> files() {
    URL folder =
        Objects.requireNonNull(PtxLibrary.class.getResource(FOLDER), "no PTX in the class path");
    try {
      URI uri = folder.toURI();
      if (!uri.getScheme().equals("jar")) {
        return names(Path.of(uri));
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return names(jar.getPath(FOLDER));
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".ptx"))
          .sorted()
          .toList();
    }
  }

  /**
   * One file a source for this card: that for sm_80 where the card takes it, else that for sm_70.
   */
  static List<String> filesFor(CudaDevice device) {
    Map<String, String> chosen = new TreeMap<>();
    // Sorted, so sm_80 comes after sm_70 and takes its place.
    for (String file : files()) {
      if (file.endsWith(".sm_70.ptx") || device.isAmpereOrNewer()) {
        chosen.put(file.substring(0, file.indexOf('.')), file);
      }
    }
    return List.copyOf(chosen.values());
  }

  static String read(String file) {
    try (InputStream stream = PtxLibrary.class.getResourceAsStream(FOLDER + "/" + file)) {
      return new String(
          Objects.requireNonNull(stream, file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.evenkeel.analytics.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The checkpoints of all starts of the job: {@code FOLDER/JOB/chk-N}, complete when {@code
 * _metadata} is there. Each start is a job of its own to Flink.
 */
final class CheckpointFolder {

  private static final String METADATA = "_metadata";

  private final Path folder;

  CheckpointFolder(Path folder) {
    this.folder = folder;
  }

  /** The folder, made if need be. */
  Path path() throws IOException {
    return Files.createDirectories(folder);
  }

  /** Complete checkpoints, newest first. */
  List<Path> complete() throws IOException {
    try (Stream<Path> files = Files.walk(path(), 2)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("chk-"))
          .filter(file -> Files.exists(file.resolve(METADATA)))
          .sorted(Comparator.comparing(CheckpointFolder::completed).reversed())
          .toList();
    }
  }

  /** Deletes what earlier starts have left that holds no complete checkpoint. */
  void prune() throws IOException {
    List<Path> jobs;
    try (Stream<Path> children = Files.list(path())) {
      jobs = children.toList();
    }
    List<Path> needed = complete().stream().map(Path::getParent).toList();
    for (Path job : jobs) {
      if (!needed.contains(job)) {
        delete(job);
      }
    }
  }

  /** Deletes a folder and all in it. */
  static void delete(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(root)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  private static FileTime completed(Path checkpoint) {
    try {
      return Files.getLastModifiedTime(checkpoint.resolve(METADATA));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

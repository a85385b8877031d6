package io.evenkeel.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A whole pair of files: the tensors, and the state beside them that was written last.
 *
 * @param tensors the safetensors file
 * @param manifest what the state file says
 */
public record Checkpoint(Path tensors, Manifest manifest) {
  static final String TENSORS = ".safetensors";
  static final String STATE = ".json";

  /** Writes both files, each durably, the state last: until it is there the pair does not count. */
  static Checkpoint write(Path tensors, Manifest manifest, TrainingState state) throws IOException {
    DurableFile.Written written = state.write(tensors);
    ManifestFile.write(stateFile(tensors), manifest, written);
    return new Checkpoint(tensors, manifest);
  }

  /**
   * The pair that either of its files names.
   *
   * @throws CheckpointException when one of the two is missing or damaged, or they are not of one
   *     another
   */
  public static Checkpoint at(Path either) throws IOException {
    String name = String.valueOf(either.getFileName());
    Path tensors =
        name.endsWith(STATE)
            ? either.resolveSibling(name.substring(0, name.length() - STATE.length()) + TENSORS)
            : either;
    try {
      ManifestFile.Contents contents = ManifestFile.read(stateFile(tensors));
      if (Files.size(tensors) != contents.tensors().bytes()) {
        throw new CheckpointException(tensors + " is not of the size that its state file names");
      }
      return new Checkpoint(tensors, contents.manifest());
    } catch (NoSuchFileException e) {
      throw new CheckpointException(e.getFile() + " is missing: the pair is torn");
    }
  }

  /**
   * Reads the tensors' file once and compares its checksum.
   *
   * @throws CheckpointException when it is not what was written
   */
  void verify() throws IOException {
    DurableFile.Written expected = ManifestFile.read(stateFile(tensors)).tensors();
    if (!DurableFile.measure(tensors).equals(expected)) {
      throw new CheckpointException(tensors + " is damaged: its checksum is another");
    }
  }

  static Path stateFile(Path tensors) {
    String name = String.valueOf(tensors.getFileName());
    String stem =
        name.endsWith(TENSORS) ? name.substring(0, name.length() - TENSORS.length()) : name;
    return tensors.resolveSibling(stem + STATE);
  }

  /**
   * Removes a pair, the state first: what is left of a removal that is cut short does not count.
   */
  static void delete(Path tensors) throws IOException {
    Files.deleteIfExists(stateFile(tensors));
    Files.deleteIfExists(tensors);
  }
}

package io.evenkeel.trainer.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable folder of one run: {@code run.json} with its incarnation and whether it has ended,
 * and its last checkpoints.
 */
public final class RunFolder {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern CHECKPOINT =
      Pattern.compile("incarnation-(\\d{1,9})-step-(\\d{1,18})\\.safetensors");
  private static final int CHECKPOINTS_KEPT = 3;
  private static final String RUNS = "runs";

  /** Entries are of one size, so that a new one has room where an old one is. */
  private static final int ENTRY_BYTES = 512;

  private final String run;
  private final Path folder;
  private @Nullable Entry unwritten;

  private RunFolder(String run, Path folder) {
    this.run = run;
    this.folder = folder;
  }

  /** How a run stands. */
  public enum Standing {
    /** It trains, or was killed while it did. */
    RUNNING,
    /** It has ended by itself or was stopped. */
    ENDED
  }

  /**
   * What {@code run.json} says.
   *
   * @param incarnation the last one
   * @param standing of it
   */
  public record Entry(int incarnation, Standing standing) {}

  /**
   * The folder of a run under a data folder. It is made with the first file that is written to it,
   * so that a full disk keeps nobody from training.
   */
  public static RunFolder open(Path data, String run) throws IOException {
    Path folder = data.resolve(RUNS).resolve(run);
    if (Files.isDirectory(folder)) {
      removeUnfinished(folder);
    }
    return new RunFolder(run, folder);
  }

  /** What a killed process was writing. */
  private static void removeUnfinished(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(DurableFile.PARTIAL)).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The run under a data folder that was last killed while it trained; empty if there is none. */
  public static Optional<String> interrupted(Path data) throws IOException {
    Path runs = data.resolve(RUNS);
    if (!Files.isDirectory(runs)) {
      return Optional.empty();
    }
    Optional<String> latest = Optional.empty();
    long latestAt = Long.MIN_VALUE;
    try (Stream<Path> folders = Files.list(runs)) {
      for (Path folder : folders.toList()) {
        RunFolder candidate = new RunFolder(String.valueOf(folder.getFileName()), folder);
        Optional<Entry> entry =
            Files.isRegularFile(candidate.entryFile()) ? candidate.entry() : Optional.empty();
        if (entry.isPresent() && entry.get().standing() == Standing.RUNNING) {
          long at = Files.getLastModifiedTime(candidate.entryFile()).toMillis();
          if (at > latestAt) {
            latestAt = at;
            latest = Optional.of(candidate.run);
          }
        }
      }
    }
    return latest;
  }

  /**
   * What is known of the run; empty when it is new. Where the entry is missing or damaged, its
   * checkpoints tell the incarnation: one that has been is never begun again.
   */
  public Optional<Entry> entry() throws IOException {
    if (Files.isRegularFile(entryFile())) {
      try {
        JsonNode entry = JSON.readTree(Files.readAllBytes(entryFile()));
        return Optional.of(
            new Entry(
                entry.path("incarnation").asInt(),
                entry.path("standing").asText().equals(Standing.ENDED.name())
                    ? Standing.ENDED
                    : Standing.RUNNING));
      } catch (JacksonException e) {
        LOG.warn("{}", ErrorId.TRAINER_CHECKPOINT.line(entryFile() + " is damaged."));
      }
    }
    return tensorFiles().stream()
        .findFirst()
        .map(file -> new Entry(Math.toIntExact(number(file, 1)), Standing.RUNNING));
  }

  /**
   * Notes how the run stands, durably; in place of the former entry where the disk has no room for
   * another. What cannot be noted now is noted with the next checkpoint.
   */
  public void record(Entry entry) throws IOException {
    unwritten = entry;
    ObjectNode node = JSON.createObjectNode();
    node.put("run", run);
    node.put("incarnation", entry.incarnation());
    node.put("standing", entry.standing().name());
    byte[] json = JSON.writeValueAsBytes(node);
    byte[] bytes = Arrays.copyOf(json, Math.max(json.length, ENTRY_BYTES));
    Arrays.fill(bytes, json.length, bytes.length, (byte) ' ');
    try {
      Files.createDirectories(folder);
      DurableFile.replace(entryFile(), sink -> sink.write(ByteBuffer.wrap(bytes)));
    } catch (IOException e) {
      if (!DurableFile.writeOver(entryFile(), bytes)) {
        throw e;
      }
    }
    unwritten = null;
  }

  private Path entryFile() {
    return folder.resolve("run.json");
  }

  /**
   * Whole pairs, newest first: by incarnation, then by step. A pair of which one file is missing or
   * damaged is none.
   */
  public List<Checkpoint> checkpoints() throws IOException {
    List<Checkpoint> whole = new ArrayList<>();
    for (Path file : tensorFiles()) {
      try {
        whole.add(Checkpoint.at(file));
      } catch (CheckpointException e) {
        LOG.warn("{}", ErrorId.TRAINER_CHECKPOINT.line(e.getMessage() + "."));
      }
    }
    return whole;
  }

  /** Whether there are tensors of any checkpoint, whole or torn. */
  public boolean hasTensors() throws IOException {
    return !tensorFiles().isEmpty();
  }

  private List<Path> tensorFiles() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> CHECKPOINT.matcher(String.valueOf(f.getFileName())).matches())
          .sorted(
              Comparator.comparingLong((Path f) -> number(f, 1))
                  .thenComparingLong(f -> number(f, 2))
                  .reversed())
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static long number(Path file, int group) {
    Matcher matcher = CHECKPOINT.matcher(String.valueOf(file.getFileName()));
    return matcher.matches() ? Long.parseLong(matcher.group(group)) : -1;
  }

  /**
   * Writes a checkpoint, and removes all but the last few. Where that fails, those that were there
   * stay as they were.
   */
  public Checkpoint save(Manifest manifest, TrainingState state) throws IOException {
    Files.createDirectories(folder);
    Path file =
        folder.resolve(
            "incarnation-"
                + manifest.incarnation()
                + "-step-"
                + manifest.nextStep()
                + Checkpoint.TENSORS);
    Checkpoint saved = Checkpoint.write(file, manifest, state);
    Entry late = unwritten;
    if (late != null) {
      record(late);
    }
    for (Path old : tensorFiles().stream().skip(CHECKPOINTS_KEPT).toList()) {
      Checkpoint.delete(old);
    }
    return saved;
  }
}

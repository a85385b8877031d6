package io.evenkeel.standalone.replay;

import io.evenkeel.replay.send.Pace;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code ./evenkeel replay} was asked for.
 *
 * @param file the log
 * @param run run id; empty: made of the file's name
 * @param pace how fast
 * @param report where the report goes, if anywhere
 * @param data folder of all data
 */
record ReplayOptions(
    Path file, Optional<String> run, Pace pace, Optional<Path> report, Path data) {}

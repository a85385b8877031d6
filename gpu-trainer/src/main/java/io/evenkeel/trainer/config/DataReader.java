package io.evenkeel.trainer.config;

import io.evenkeel.trainer.data.DataSettings;
import io.evenkeel.trainer.data.Languages;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code data:}. */
final class DataReader {
  private static final int MOST = 4096;

  private DataReader() {}

  private enum Source {
    BUNDLED,
    TEXT,
    LANGUAGES,
    RANDOM
  }

  static DataSettings read(Section data, Problems problems) {
    DataSettings settings =
        switch (data.choice("source", Source.class)) {
          case BUNDLED -> new DataSettings.Bundled();
          case TEXT -> text(data, problems);
          case LANGUAGES -> languages(data, problems);
          case RANDOM -> new DataSettings.RandomSymbols();
        };
    data.end();
    return settings;
  }

  private static DataSettings text(Section data, Problems problems) {
    double heldOut = data.number("held_out", 0.001, 0.9, 0.1);
    List<Path> files = new ArrayList<>();
    for (String name : data.texts("files")) {
      try {
        Path file = Path.of(name);
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
          problems.add(data.at("files") + ": " + name + " is no file that can be read");
        }
        files.add(file);
      } catch (InvalidPathException e) {
        problems.add(data.at("files") + ": " + e.getMessage());
      }
    }
    return files.isEmpty()
        ? new DataSettings.Bundled()
        : new DataSettings.TextFiles(files, heldOut);
  }

  private static DataSettings languages(Section data, Problems problems) {
    try {
      return new Languages(
          data.small("languages", 1, MOST, 8),
          data.small("symbols", 2, MOST, 32),
          data.small("successors", 1, MOST, 4),
          data.integer("seed", Integer.MIN_VALUE, Integer.MAX_VALUE, 1234));
    } catch (IllegalArgumentException e) {
      problems.add(data.at("languages") + ": " + e.getMessage());
      return new DataSettings.Bundled();
    }
  }

  /** The least vocabulary that a model needs for such data. */
  static int symbols(DataSettings settings) {
    return switch (settings) {
      case DataSettings.Bundled bundled -> 256;
      case DataSettings.TextFiles files -> 256;
      case DataSettings.RandomSymbols random -> 1;
      case Languages languages -> languages.symbols() + languages.languages();
    };
  }
}

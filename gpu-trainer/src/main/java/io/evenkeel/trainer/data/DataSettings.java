package io.evenkeel.trainer.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Which data a run is trained on. */
public sealed interface DataSettings
    permits DataSettings.Bundled, DataSettings.TextFiles, DataSettings.RandomSymbols, Languages {
  /**
   * Opens the data.
   *
   * @param vocabulary V of the model
   * @throws IOException when a file cannot be read
   * @throws IllegalArgumentException when the data does not fit the vocabulary
   */
  DataSource open(int vocabulary) throws IOException;

  /** The texts that come with Evenkeel. */
  record Bundled() implements DataSettings {
    @Override
    public DataSource open(int vocabulary) {
      return Corpus.bundled();
    }
  }

  /**
   * Texts in files, each a domain.
   *
   * @param files at least one; those that end in {@code .gz} are unpacked
   * @param heldOut share of each held out from training, its end, in (0, 1)
   */
  record TextFiles(List<Path> files, double heldOut) implements DataSettings {
    /** Checks and copies. */
    public TextFiles {
      files = List.copyOf(files);
      if (files.isEmpty() || !(heldOut > 0 && heldOut < 1)) {
        throw new IllegalArgumentException("needs at least one file, and held_out in (0, 1)");
      }
    }

    @Override
    public DataSource open(int vocabulary) throws IOException {
      return Corpus.read(files, heldOut);
    }
  }

  /** Uniform symbols of the whole vocabulary: nothing can be learnt but that. */
  record RandomSymbols() implements DataSettings {
    @Override
    public DataSource open(int vocabulary) {
      return new RandomSource(vocabulary);
    }
  }
}

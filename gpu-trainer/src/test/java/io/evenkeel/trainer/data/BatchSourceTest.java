package io.evenkeel.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BatchSourceTest {
  private static final Corpus CORPUS = Corpus.bundled();
  private final BatchSource source = new BatchSource(CORPUS, Corpus.Part.TRAINING, 16, 32, 5);

  @Test
  void shouldGiveTheSameBatchWheneverAStepIsAskedFor() {
    BatchSource again = new BatchSource(CORPUS, Corpus.Part.TRAINING, 16, 32, 5);
    source.batch(1);

    assertThat(source.batch(77).inputs()).isEqualTo(again.batch(77).inputs());
    assertThat(source.batch(77).targets()).isEqualTo(again.batch(77).targets());
  }

  @Test
  void shouldPredictTheNextByte() {
    Batch batch = source.batch(0);

    for (int s = 0; s < 31; s++) {
      assertThat(batch.targets()[s]).isEqualTo(batch.inputs()[s + 1]);
    }
  }

  @Test
  void shouldDrawFreshTextInEveryStep() {
    Set<String> seen = new HashSet<>();
    int sequences = 0;
    for (long step = 0; step < 50; step++) {
      int[] inputs = source.batch(step).inputs();
      for (int b = 0; b < 16; b++) {
        sequences++;
        seen.add(Arrays.toString(Arrays.copyOfRange(inputs, b * 32, (b + 1) * 32)));
      }
    }
    assertThat(seen.size()).isGreaterThan(sequences * 98 / 100);
  }

  @Test
  void shouldKeepTheHeldOutTailApart() {
    for (int domain = 0; domain < CORPUS.domains(); domain++) {
      int training = CORPUS.size(domain, Corpus.Part.TRAINING);
      int heldOut = CORPUS.size(domain, Corpus.Part.HELD_OUT);
      assertThat((double) heldOut / (training + heldOut)).isBetween(0.0999, 0.1001);
    }
  }

  @Test
  void shouldReadTextFilesPlainAndPackedAndKeepTheirEndsApart(@TempDir Path folder)
      throws IOException {
    Path plain = folder.resolve("plain.txt");
    Files.writeString(plain, "a".repeat(80) + "b".repeat(20));
    Path packed = folder.resolve("packed.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write("c".repeat(100).getBytes(StandardCharsets.US_ASCII));
    }
    DataSource data = new DataSettings.TextFiles(List.of(plain, packed), 0.2).open(256);

    assertThat(data.domains()).isEqualTo(2);
    Batches training = data.batches(new Drawing(Corpus.Part.TRAINING, 32, 8, 1));
    Batches heldOut = data.batches(new Drawing(Corpus.Part.HELD_OUT, 32, 8, 1));
    assertThat(training.batch(0).inputs()).containsOnly('a', 'c');
    assertThat(heldOut.batch(0).inputs()).containsOnly('b', 'c');
  }

  @Test
  void shouldGiveNoiseOverTheWholeVocabulary() {
    DataSource noise = new DataSettings.RandomSymbols().open(11);
    Batch batch = noise.batches(new Drawing(Corpus.Part.TRAINING, 16, 32, 1)).batch(3);

    assertThat(Arrays.stream(batch.inputs()).distinct().count()).isEqualTo(11);
    for (int t = 0; t < 31; t++) {
      assertThat(batch.targets()[t]).isEqualTo(batch.inputs()[t + 1]);
    }
  }
}

package io.evenkeel.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

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
}

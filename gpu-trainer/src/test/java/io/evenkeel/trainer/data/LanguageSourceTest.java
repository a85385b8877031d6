package io.evenkeel.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LanguageSourceTest {
  private static final Languages EIGHT = new Languages(8, 32, 4, 1234);
  private final LanguageSource source = new LanguageSource(EIGHT);

  private static Drawing training(int sequences, int length) {
    return new Drawing(Corpus.Part.TRAINING, sequences, length, 3);
  }

  @Test
  void shouldHaveTheEntropyOfTheStudy() {
    assertThat(source.entropy()).isCloseTo(1.137, within(5e-4));
    assertThat(source.symbols()).isEqualTo(40);
  }

  @Test
  void shouldBeginWithTheTagAndLeaveTheFirstSymbolOutOfTheLoss() {
    Batch batch = source.batches(training(64, 16)).batch(5);
    for (int b = 0; b < 64; b++) {
      assertThat(batch.inputs()[b * 16]).isBetween(32, 39);
      assertThat(batch.targets()[b * 16]).isEqualTo(Batch.SKIPPED);
      for (int s = 1; s < 16; s++) {
        assertThat(batch.inputs()[b * 16 + s]).isBetween(0, 31);
        assertThat(batch.targets()[b * 16 + s]).isBetween(0, 31);
        if (s < 15) {
          assertThat(batch.targets()[b * 16 + s]).isEqualTo(batch.inputs()[b * 16 + s + 1]);
        }
      }
    }
  }

  /** Successors of each (language, symbol): four, in the proportions 8, 4, 2, 1. */
  @Test
  void shouldFollowEverySymbolByFourOthersInTheirProportions() {
    Map<Integer, int[]> counts = new HashMap<>();
    Batches batches = source.batches(training(64, 64));
    for (long index = 0; index < 60; index++) {
      Batch batch = batches.batch(index);
      for (int b = 0; b < 64; b++) {
        int language = batch.inputs()[b * 64] - 32;
        for (int s = 1; s < 64; s++) {
          int key = language * 32 + batch.inputs()[b * 64 + s];
          counts.computeIfAbsent(key, k -> new int[32])[batch.targets()[b * 64 + s]]++;
        }
      }
    }
    assertThat(counts).hasSizeGreaterThan(200);
    double[] total = new double[4];
    for (int[] row : counts.values()) {
      int[] sorted = Arrays.stream(row).sorted().toArray();
      assertThat(sorted[27]).isZero();
      for (int k = 0; k < 4; k++) {
        total[k] += sorted[31 - k];
      }
    }
    double sum = Arrays.stream(total).sum();
    for (int k = 0; k < 4; k++) {
      assertThat(total[k] / sum).isCloseTo((8 >> k) / 15.0, within(0.01));
    }
  }

  @Test
  void shouldGiveTheSameBatchByIndexAndOtherOnesHeldOut() {
    Batches again = new LanguageSource(EIGHT).batches(training(8, 64));
    Batches batches = source.batches(training(8, 64));
    batches.batch(0);

    assertThat(batches.batch(7).inputs()).isEqualTo(again.batch(7).inputs());
    assertThat(batches.batch(8).inputs()).isNotEqualTo(again.batch(7).inputs());
    Batch heldOut = source.batches(new Drawing(Corpus.Part.HELD_OUT, 96, 64, 3)).batch(0);
    int[] perLanguage = new int[8];
    for (int b = 0; b < 96; b++) {
      perLanguage[heldOut.inputs()[b * 64] - 32]++;
    }
    assertThat(perLanguage).containsOnly(12);
  }

  @Test
  void shouldDrawDomainsByTheirWeights() {
    Mix mix = Mix.of(List.of(0.0, 1.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0));
    int[] counts = new int[8];
    Batches batches = source.batches(training(100, 2), mix);
    for (long index = 0; index < 100; index++) {
      for (int b = 0; b < 100; b++) {
        counts[batches.batch(index).inputs()[2 * b] - 32]++;
      }
    }
    assertThat(counts[1] + counts[2]).isEqualTo(10_000);
    assertThat(counts[2]).isBetween(7_250, 7_750);
    assertThatThrownBy(() -> source.batches(training(1, 1), Mix.uniform(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8 domains");
  }
}

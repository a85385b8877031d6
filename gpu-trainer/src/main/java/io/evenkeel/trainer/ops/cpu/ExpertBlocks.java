package io.evenkeel.trainer.ops.cpu;

/** The slots of a routing plan cut into blocks of rows, each of one expert. */
final class ExpertBlocks {
  private int[] offsets = {};
  private int size;
  private int count;
  private int[] experts = {};
  private int[] firsts = {};

  /** Cuts anew: the rows of expert i are offsets[i] to offsets[i+1]. */
  void cut(int[] offsets, int size) {
    this.offsets = offsets;
    this.size = size;
    int most = experts() + offsets[experts()] / size;
    if (experts.length < most) {
      experts = new int[most];
      firsts = new int[most];
    }
    count = 0;
    for (int expert = 0; expert < experts(); expert++) {
      for (int first = offsets[expert]; first < offsets[expert + 1]; first += size) {
        experts[count] = expert;
        firsts[count] = first;
        count++;
      }
    }
  }

  int count() {
    return count;
  }

  /** N. */
  int experts() {
    return offsets.length - 1;
  }

  /** First slot of an expert; of N: the number of slots. */
  int start(int expert) {
    return offsets[expert];
  }

  int expert(int block) {
    return experts[block];
  }

  /** First slot of a block. */
  int first(int block) {
    return firsts[block];
  }

  int rows(int block) {
    return Math.min(size, offsets[experts[block] + 1] - firsts[block]);
  }
}

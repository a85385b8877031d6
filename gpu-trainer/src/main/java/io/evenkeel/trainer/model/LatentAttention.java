package io.evenkeel.trainer.model;

/**
 * Sizes of multi-head latent attention, which the trainer can plan but not train: queries, keys and
 * values go through low-rank projections. Source: DeepSeek-AI 2024, "DeepSeek-V2", section 2.1, as
 * LongCat-Flash has it.
 *
 * @param queryRank of the queries' projection
 * @param keyValueRank of that which keys and values share
 * @param contentWidth of a head's query and key, without positions
 * @param rotaryWidth of a head's query and key that carries positions; one key for all heads
 * @param valueWidth of a head's value
 */
public record LatentAttention(
    int queryRank, int keyValueRank, int contentWidth, int rotaryWidth, int valueWidth) {
  /** Checks the sizes. */
  public LatentAttention {
    if (queryRank < 1
        || keyValueRank < 1
        || contentWidth < 1
        || rotaryWidth < 0
        || valueWidth < 1) {
      throw new IllegalArgumentException("latent attention needs sizes >= 1");
    }
  }

  /** Trained numbers of one attention, norms of the latents included. */
  long parameters(long width, long heads) {
    long queryWidth = heads * (contentWidth + rotaryWidth);
    long queries = width * queryRank + queryRank * queryWidth;
    long latents = width * (keyValueRank + rotaryWidth);
    long keysAndValues = keyValueRank * heads * (contentWidth + valueWidth);
    long norms = (long) queryRank + keyValueRank;
    return queries + latents + keysAndValues + heads * valueWidth * width + norms;
  }

  /** Width over heads of queries and of values together: what scores and sums are made of. */
  public long scoreWidth(long heads) {
    return heads * (contentWidth + rotaryWidth + valueWidth);
  }
}

package io.evenkeel.ui.alerts;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A notice as one receiver was told it.
 *
 * @param noticeId id over all tries
 * @param receiver id of the channel
 * @param url its address as people may see it
 * @param status pending, delivered or failed
 * @param attempts tries so far
 * @param lastError the receiver's last refusal, may be empty; text from outside
 * @param madeAt when it was made
 * @param deliveredAt when the receiver took it
 * @param replays how often somebody had it told again
 * @param replayedBy who did last; empty if nobody
 * @param replayedAt when
 * @param runs runs of its incidents
 * @param rules rules of its incidents; text from outside
 * @param alertIds its incidents
 * @param incidents how many
 * @param firing how many of them it tells as firing
 * @param severity the gravest: info, warning or critical; empty if its run was deleted
 */
public record NoticeLine(
    String noticeId,
    String receiver,
    String url,
    String status,
    int attempts,
    String lastError,
    @Nullable Instant madeAt,
    @Nullable Instant deliveredAt,
    int replays,
    String replayedBy,
    @Nullable Instant replayedAt,
    List<String> runs,
    List<String> rules,
    List<String> alertIds,
    int incidents,
    int firing,
    String severity) {

  /** Copies. */
  public NoticeLine {
    runs = List.copyOf(runs);
    rules = List.copyOf(rules);
    alertIds = List.copyOf(alertIds);
  }
}

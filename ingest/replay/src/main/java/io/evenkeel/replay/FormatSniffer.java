package io.evenkeel.replay;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.replay.tensorboard.EventPoints;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells a log's format: by content, and by name where the content leaves it open. */
final class FormatSniffer {
  private static final int HEAD_BYTES = 1 << 14;

  /** Keys at the beginning of a trainer's state, none of which is one of telemetry. */
  private static final Pattern TRAINER_STATE =
      Pattern.compile(
          "\\s*\\{\\s*\"(best_global_step|best_metric|best_model_checkpoint|epoch|eval_steps"
              + "|global_step|is_hyper_param_search|log_history|logging_steps|max_steps)\".*",
          Pattern.DOTALL);

  /** The first field of each line of an export, of whatever version. */
  private static final Pattern EXPORT =
      Pattern.compile("\\s*\\{\\s*\"format\"\\s*:\\s*\"evenkeel-steps/.*", Pattern.DOTALL);

  private FormatSniffer() {}

  /**
   * The format; the stream stands at its beginning again.
   *
   * @throws ReplayException with EVK-REPLAY-FORMAT, or EVK-REPLAY-EMPTY of an empty file
   */
  static LogFormat format(Path file, InputStream in) throws IOException, ReplayException {
    in.mark(HEAD_BYTES + 1);
    byte[] head = in.readNBytes(HEAD_BYTES);
    in.reset();
    if (head.length == 0) {
      throw new ReplayException(ErrorId.REPLAY_EMPTY, file + " is empty.");
    }
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (EventPoints.begins(head) || name.contains("tfevents")) {
      return LogFormat.TENSORBOARD;
    }
    String text = new String(head, StandardCharsets.UTF_8);
    text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    if (EXPORT.matcher(text).matches()) {
      return LogFormat.EXPORT;
    }
    if (text.stripLeading().startsWith("{")) {
      return name.startsWith("trainer_state") || TRAINER_STATE.matcher(text).matches()
          ? LogFormat.TRAINER_STATE
          : LogFormat.JSONL;
    }
    String firstLine = text.lines().findFirst().orElse("");
    if (firstLine.contains(",") && firstLine.indexOf('\0') < 0) {
      return LogFormat.CSV;
    }
    if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
      return LogFormat.CSV;
    }
    throw new ReplayException(
        ErrorId.REPLAY_FORMAT, file + " is in none of the formats that can be replayed.");
  }
}

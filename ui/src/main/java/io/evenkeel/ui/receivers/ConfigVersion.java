package io.evenkeel.ui.receivers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version of receivers and routes.
 *
 * @param version number, from 1; 0 if none has been saved
 * @param text YAML without secrets; text from outside
 * @param origin file or operator
 * @param author who saved it
 * @param comment why; text from outside
 * @param savedAt when
 */
public record ConfigVersion(
    long version,
    String text,
    String origin,
    String author,
    String comment,
    @Nullable Instant savedAt) {

  /** Nothing has been saved. */
  public static final ConfigVersion NONE = new ConfigVersion(0, "", "", "", "", null);
}

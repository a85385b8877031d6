package io.evenkeel.standalone.up;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a command finds its data folder. */
public final class Home {
  private Home() {}

  /** The folder given, or else {@code .evenkeel} in the source tree; absolute. */
  public static Path data(@Nullable Path given) {
    return given == null
        ? Installation.current().home().resolve(".evenkeel")
        : given.toAbsolutePath();
  }
}

package io.evenkeel.alerting.config;

import io.evenkeel.alerting.config.Channel.Reach;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Secrets that who edits from afar may name: files of one folder. */
record FolderSecrets(Optional<Path> folder, Reach reach) implements Secrets {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,199}");

  @Override
  public Clear clear() {
    return Clear.REFUSED;
  }

  /** Whether a file of this name may be named. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * Whether a key may be sent to a host: the one after the {@code @} of its file's name, or without
   * one those where such keys usually go.
   *
   * @param host in lower case
   */
  static boolean mayGo(String name, String host, Set<String> usual) {
    int at = name.lastIndexOf('@');
    return at < 0 ? usual.contains(host) : name.substring(at + 1).equalsIgnoreCase(host);
  }

  static IOException noName(String name) {
    return new IOException(
        "'%s' is no name of a file in the folder of secrets: letters, digits, '.', '_', '-', '@'"
            .formatted(name));
  }

  @Override
  public String read(Kind kind, String name) throws IOException {
    if (!isName(name)) {
      throw noName(name);
    }
    if (folder.isEmpty()) {
      throw new IOException(
          "the controller has no folder of secrets: EVENKEEL_ALERTS_SECRETS is not set");
    }
    Path real;
    try {
      // Mounted secrets are links inside their folder; one that leads out of it is not followed.
      Path home = folder.get().toRealPath();
      real = home.resolve(name).toRealPath();
      if (!real.startsWith(home)) {
        throw new IOException("it leads out of the folder");
      }
    } catch (IOException e) {
      throw new IOException("there is no secret '" + name + "' that can be read", e);
    }
    return SecretFile.read(real, name);
  }
}

package io.evenkeel.alerting.config;

import io.evenkeel.alerting.config.Channel.Reach;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Secrets of a file that the machine's owner wrote. */
record OwnerSecrets(Path folder) implements Secrets {

  @Override
  public Clear clear() {
    return Clear.ALLOWED;
  }

  @Override
  public Reach reach() {
    return Reach.PRIVATE_TOO;
  }

  @Override
  public String read(Kind kind, String name) throws IOException {
    Path file;
    try {
      file = folder.resolve(name);
    } catch (InvalidPathException e) {
      throw new IOException("the file '" + name + "' cannot be read", e);
    }
    return SecretFile.read(file, name);
  }
}

package io.evenkeel.alerting.config;

import io.evenkeel.alerting.config.Channel.Reach;
import java.io.IOException;
import java.util.Set;

/** Names of secrets that are elsewhere. */
record NamedSecrets(Set<String> names, Reach reach) implements Secrets {

  NamedSecrets {
    names = Set.copyOf(names);
  }

  @Override
  public Clear clear() {
    return Clear.REFUSED;
  }

  @Override
  public String read(Kind kind, String name) throws IOException {
    if (!FolderSecrets.isName(name)) {
      throw FolderSecrets.noName(name);
    }
    if (!names.contains(name)) {
      throw new IOException(
          names.isEmpty()
              ? "the controller has no secret of that name; it has none at all"
              : "the controller has no secret of that name; it has "
                  + String.join(", ", names.stream().sorted().toList()));
    }
    return switch (kind) {
      case ADDRESS -> "https://secret.invalid/" + name;
      case KEY -> name;
      case SIGNATURES -> "whsec_AAAA";
    };
  }
}

package io.evenkeel.alerting.config;

import io.evenkeel.alerting.config.Channel.Reach;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Where the secrets are that a configuration names, and what its author may say. The owner of the
 * machine may say all; who edits from afar neither sees nor sends a secret, but names it.
 */
public interface Secrets {

  /** Whether a secret may stand in the text itself. */
  enum Clear {
    ALLOWED,
    REFUSED
  }

  /** What a secret is for. */
  enum Kind {
    ADDRESS,
    KEY,
    /** Secrets that webhooks are signed with, one a line. */
    SIGNATURES
  }

  /** Whether a secret may stand in the text itself. */
  Clear clear();

  /** Whether private addresses may be allowed. */
  Reach reach();

  /**
   * The secret of a name.
   *
   * @throws IOException if it cannot be had; the message is for people and shows nothing of it
   */
  String read(Kind kind, String name) throws IOException;

  /**
   * For a file of the machine's owner: everything is allowed, names are paths.
   *
   * @param folder that paths are relative to
   */
  static Secrets ofOwner(Path folder) {
    return new OwnerSecrets(folder);
  }

  /**
   * For what is saved from afar: names are those of files in one folder and lead nowhere else.
   *
   * @param folder the folder; empty if there is none
   * @param reach whether private addresses may be allowed
   */
  static Secrets ofFolder(Optional<Path> folder, Reach reach) {
    return new FolderSecrets(folder, reach);
  }

  /**
   * For a check where the secrets are not: known names pass, each with a stand-in.
   *
   * @param names what there is
   * @param reach whether private addresses may be allowed
   */
  static Secrets named(Set<String> names, Reach reach) {
    return new NamedSecrets(names, reach);
  }
}

package io.evenkeel.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;

/**
 * The account that PostgreSQL runs under: PostgreSQL refuses to run as root, so root's runs as
 * "nobody".
 *
 * @param uid numeric user id
 * @param change whether programs must first change to that account
 */
record PostgresAccount(int uid, Change change) {
  /** 65534 is "nobody" on every Linux distribution. */
  private static final int NOBODY = 65534;

  enum Change {
    NONE,
    FROM_ROOT
  }

  static PostgresAccount current() throws IOException {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return uid == 0
        ? new PostgresAccount(NOBODY, Change.FROM_ROOT)
        : new PostgresAccount(uid, Change.NONE);
  }

  /** Hands a file or folder to this account. */
  void give(Path path) throws IOException {
    if (change == Change.FROM_ROOT) {
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /**
   * The command that runs under this account, in its own session, and gets SIGINT (a clean, fast
   * stop for a postmaster) when the parent dies.
   *
   * @param folders what the program must reach
   */
  List<String> command(List<Path> folders, List<String> command) throws IOException {
    List<String> wrapped = new ArrayList<>(ChildLauncher.sessionLeader());
    if (change == Change.FROM_ROOT) {
      if (!ChildLauncher.onPath("setpriv")) {
        throw new IOException(
            "PostgreSQL does not run as root and setpriv is missing: install util-linux, run as another user, or set EVENKEEL_DB_URL");
      }
      wrapped.addAll(
          List.of(
              "setpriv",
              "--reuid=" + uid,
              "--regid=" + uid,
              "--clear-groups",
              "--pdeathsig",
              "INT"));
      if (!reachable(folders)) {
        // Below a private folder such as /root: let the database through it, and through nothing
        // else's uid.
        wrapped.addAll(
            List.of(
                "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override",
                "--securebits=+no_setuid_fixup"));
      }
      wrapped.add("--");
    } else if (ChildLauncher.onPath("setpriv")) {
      wrapped.addAll(List.of("setpriv", "--pdeathsig", "INT", "--"));
    }
    wrapped.addAll(command);
    return wrapped;
  }

  private static boolean reachable(List<Path> targets) throws IOException {
    for (Path target : targets) {
      for (Path folder = target.toRealPath().getParent();
          folder != null;
          folder = folder.getParent()) {
        if (!Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE)) {
          return false;
        }
      }
    }
    return true;
  }
}

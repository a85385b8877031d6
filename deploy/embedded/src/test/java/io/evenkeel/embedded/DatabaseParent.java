package io.evenkeel.embedded;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process of its own that starts a database and then waits to be killed. */
final class DatabaseParent {
  private DatabaseParent() {}

  public static void main(String[] args) throws Exception {
    EmbeddedPostgres database = EmbeddedPostgres.start(Path.of(args[0]), Path.of(args[1]));
    System.out.println("STARTED " + database.pid());
    new CountDownLatch(1).await();
  }
}

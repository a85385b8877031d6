package io.evenkeel.writer.store;

import io.evenkeel.writer.TestDatabase;

/** Migrations on TimescaleDB. */
class MigrationOnTimescaleIT extends MigrationContract {

  @Override
  TestDatabase open() throws Exception {
    return PgliteServer.start();
  }
}

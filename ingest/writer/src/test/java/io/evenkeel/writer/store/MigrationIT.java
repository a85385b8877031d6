package io.evenkeel.writer.store;

import io.evenkeel.writer.TestDatabase;

/** Migrations on the embedded PostgreSQL. */
class MigrationIT extends MigrationContract {

  @Override
  TestDatabase open() throws Exception {
    return TestDatabase.create();
  }
}

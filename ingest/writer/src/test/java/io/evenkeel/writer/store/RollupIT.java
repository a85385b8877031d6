package io.evenkeel.writer.store;

import io.evenkeel.writer.TestDatabase;

/** Roll-ups on the embedded PostgreSQL. */
class RollupIT extends RollupContract {

  @Override
  TestDatabase open() throws Exception {
    return TestDatabase.create();
  }

  @Override
  int cases() {
    return 4;
  }
}

package io.evenkeel.writer.store;

import io.evenkeel.writer.TestDatabase;

/** Identity and order on plain PostgreSQL. */
class IdentityIT extends IdentityContract {

  @Override
  TestDatabase open() throws Exception {
    return TestDatabase.create();
  }
}

package io.evenkeel.writer.store;

import io.evenkeel.writer.TestDatabase;

/** The views on plain PostgreSQL, or on the server that {@code EVENKEEL_TEST_DB_URL} names. */
class ViewsIT extends ViewsContract {

  @Override
  TestDatabase open() throws Exception {
    return TestDatabase.create();
  }
}

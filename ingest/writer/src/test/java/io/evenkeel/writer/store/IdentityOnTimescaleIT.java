package io.evenkeel.writer.store;

import io.evenkeel.writer.TestDatabase;

/** Identity and order on TimescaleDB. */
class IdentityOnTimescaleIT extends IdentityContract {

  @Override
  TestDatabase open() throws Exception {
    return PgliteServer.start();
  }
}

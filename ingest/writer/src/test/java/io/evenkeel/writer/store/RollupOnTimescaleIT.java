package io.evenkeel.writer.store;

import io.evenkeel.writer.TestDatabase;

/** Roll-ups on TimescaleDB. */
class RollupOnTimescaleIT extends RollupContract {

  @Override
  TestDatabase open() throws Exception {
    return PgliteServer.start();
  }

  @Override
  int cases() {
    return 1;
  }
}

package io.evenkeel.trainer.config;

import io.evenkeel.contract.error.ErrorId;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a configuration, so that all of it is told at once. */
final class Problems {
  private final List<ConfigException.Problem> found = new ArrayList<>();

  void add(String text) {
    add(ErrorId.TRAINER_CONFIG, text);
  }

  void add(ErrorId id, String text) {
    found.add(new ConfigException.Problem(id, text));
  }

  void throwIfAny() throws ConfigException {
    if (!found.isEmpty()) {
      throw new ConfigException(found);
    }
  }
}

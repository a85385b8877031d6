package io.evenkeel.controller.steer;

import io.evenkeel.controller.operator.ControlSettings;

/** Hears of every change of a run's modes, holds and kill switch. The edge; must not block. */
public interface StateListener {

  /** A run's settings as they are now. */
  void changed(String run, ControlSettings settings);
}

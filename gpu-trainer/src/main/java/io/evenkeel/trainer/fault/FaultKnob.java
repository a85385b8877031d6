package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.Knobs;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What a knob fault can move. */
public enum FaultKnob {
  /** alpha of every layer. */
  ALPHA("alpha", Knobs.LOAD_BALANCE_ALPHA, Reach.COMMANDED),
  /** mu, the step of the selection bias. */
  MU("mu", Knobs.EXPERT_BIAS_MU, Reach.COMMANDED),
  /** lambda of the hidden z-loss. */
  LAMBDA("lambda", Knobs.HIDDEN_Z_LAMBDA, Reach.COMMANDED),
  /** Adam's epsilon. */
  EPSILON("epsilon", Knobs.ADAM_EPSILON, Reach.COMMANDED),
  /** Largest global gradient norm; 0 switches clipping off. */
  CLIP("clip", Knobs.GRADIENT_CLIP_NORM, Reach.COMMANDED),
  /** Factor on the learning-rate schedule. */
  LEARNING_RATE_SCALE("lr_scale", Knobs.LEARNING_RATE_SCALE, Reach.COMMANDED),
  /** The learning rate itself, after schedule and scale. */
  LEARNING_RATE("learning_rate", Knobs.LEARNING_RATE, Reach.OVERRIDDEN_ONLY),
  /** AdamW's weight decay. */
  WEIGHT_DECAY("weight_decay", "weight_decay", Reach.OVERRIDDEN_ONLY);

  private final String shortName;
  private final String fullName;
  private final Reach reach;

  FaultKnob(String shortName, String fullName, Reach reach) {
    this.shortName = shortName;
    this.fullName = fullName;
    this.reach = reach;
  }

  /** Whether the run declares it as a knob that commands may set. */
  enum Reach {
    COMMANDED,
    OVERRIDDEN_ONLY
  }

  /**
   * By its short or its full name.
   *
   * @throws FaultException when there is none
   */
  public static FaultKnob named(String name) {
    for (FaultKnob knob : values()) {
      if (knob.shortName.equals(name) || knob.fullName.equals(name)) {
        return knob;
      }
    }
    throw new FaultException(
        ErrorId.TRAINER_FAULT_KNOB,
        "knob",
        "must be one of "
            + Arrays.stream(values()).map(FaultKnob::shortName).collect(Collectors.joining(", "))
            + ", not "
            + name);
  }

  /** Short name, such as {@code alpha}. */
  public String shortName() {
    return shortName;
  }

  /** Name of the contract, such as {@code load_balance.alpha}. */
  public String fullName() {
    return fullName;
  }

  boolean commanded() {
    return reach == Reach.COMMANDED;
  }
}

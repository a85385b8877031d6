package io.evenkeel.trainer.optim;

import java.util.OptionalInt;

/**
 * Per-tensor learning rates from those of a narrower proxy, in standard parametrisation: a tensor's
 * factor is {@code (width / proxyWidth)^-c}, with c of its {@link Role}. Source: Everett et al.
 * 2024, "Scaling Exponents Across Parameterizations and Optimizers", Adam with full alignment; see
 * docs/maths/hyperparameter-transfer.md.
 *
 * @param proxyWidth d of the model for which the learning rate was tuned; empty: no transfer
 */
public record WidthTransfer(OptionalInt proxyWidth) {
  /** Checks the width. */
  public WidthTransfer {
    if (proxyWidth.isPresent() && proxyWidth.getAsInt() < 1) {
      throw new IllegalArgumentException("proxy_width must be at least 1");
    }
  }

  /** What a tensor does, which decides how its learning rate depends on the width. */
  public enum Role {
    /** Rows picked by a one-hot input: an update moves an activation by itself, at any width. */
    EMBEDDING(0),
    /** A gain acts on one component at a time, at any width. */
    GAIN(0),
    /** A matrix over the width (or over a hidden width that grows with it): d updates add up. */
    HIDDEN(1),
    /** The output head: d updates add up. */
    READOUT(1);

    private final double exponent;

    Role(double exponent) {
      this.exponent = exponent;
    }

    /** c: the learning rate goes with width^-c. */
    public double exponent() {
      return exponent;
    }

    /** The role of a parameter of the model, by its canonical name. */
    public static Role of(String parameter) {
      if (parameter.equals("embed")) {
        return EMBEDDING;
      }
      if (parameter.equals("head")) {
        return READOUT;
      }
      String own = parameter.substring(parameter.lastIndexOf('.') + 1);
      return own.startsWith("norm_") ? GAIN : HIDDEN;
    }
  }

  /** One learning rate for all tensors. */
  public static WidthTransfer none() {
    return new WidthTransfer(OptionalInt.empty());
  }

  /** From a proxy of that width. */
  public static WidthTransfer from(int proxyWidth) {
    return new WidthTransfer(OptionalInt.of(proxyWidth));
  }

  /**
   * Factor on the learning rate of a parameter.
   *
   * @param parameter canonical name
   * @param width d of the model that is trained
   * @return greater than 0; 1 without transfer and at the proxy's own width
   */
  public double factor(String parameter, int width) {
    return proxyWidth.isPresent()
        ? Math.pow((double) proxyWidth.getAsInt() / width, Role.of(parameter).exponent())
        : 1;
  }
}

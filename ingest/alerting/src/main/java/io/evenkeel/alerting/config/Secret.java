package io.evenkeel.alerting.config;

/**
 * Something that must not be shown.
 *
 * @param value the secret
 */
public record Secret(String value) {
  @Override
  public String toString() {
    return "***";
  }
}
